import {mkdtemp, readdir, readFile, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileDriver} from '../../../src/brokers/file/driver.ts';
import {FileStore} from '../../../src/brokers/file/store.ts';
import type {Broker} from '../../../src/brokers/port.ts';
import {parseAddress} from '../../../src/model/address.ts';
import type {Target} from '../../../src/model/target.ts';
import type {Harness, Stored} from '../../conformance/harness.ts';

const never = new AbortController().signal;

export function targetOf(folder: string, timeoutMs = 10_000): Target {
  const address = parseAddress(`file:${encodeURI(folder)}`);
  return {name: 'test', address, credentials: {}, tls: null, timeoutMs, deadLetters: [], trace: null};
}

export async function openFolder(folder: string): Promise<Broker> {
  return fileDriver.open(targetOf(folder), {signal: never});
}

export interface TemporaryFolder {
  readonly path: string;
  [Symbol.asyncDispose](): Promise<void>;
}

/** A folder that goes when the test does. */
export async function temporaryFolder(): Promise<TemporaryFolder> {
  const path = await mkdtemp(join(tmpdir(), 'brokerctl-file-'));
  return {path, [Symbol.asyncDispose]: () => rm(path, {recursive: true, force: true})};
}

/** What a partition's files say, read without the driver: the lines of its segments that its state has not removed. */
export async function linesIn(folder: string, destination: string, partition: string | null): Promise<StoredLine[]> {
  const path = join(folder, 'destinations', destination, partition ?? 'messages');
  const names = await readdir(path).catch((): string[] => []);
  const state = names.includes('state.json')
    ? (JSON.parse(await readFile(join(path, 'state.json'), 'utf8')) as {start: number; removed: string[]})
    : {start: 0, removed: []};
  const lines: StoredLine[] = [];
  for (const name of names.filter(file => file.endsWith('.ndjson')).sort()) {
    const text = await readFile(join(path, name), 'utf8');
    lines.push(
      ...text
        .split('\n')
        .slice(0, -1)
        .map(line => JSON.parse(line) as StoredLine),
    );
  }
  const isRemoved = (position: number) =>
    state.removed.some(word => {
      const [from, to = from] = word.split('-').map(Number);
      return Number(from) <= position && position <= Number(to);
    });
  return lines.filter(({position}) => position >= state.start && !isRemoved(position));
}

export interface StoredLine {
  readonly position: number;
  readonly key?: string | null;
  readonly key64?: string;
  readonly body?: string | null;
  readonly body64?: string;
}

/** The file broker with topics, or with queues. There is no other client of its folders: a consumer is the store or a taker. */
export async function fileHarness(kind: 'topic' | 'queue'): Promise<Harness> {
  const folder = await temporaryFolder();
  const store = await FileStore.create(folder.path);
  const partitionsOf = new Map<string, readonly (string | null)[]>();
  const read = new Map<string, number[]>();
  let count = 0;
  const create = async (partitions: number, deadLetter?: {destination: string; maxDeliveries: number}) => {
    const name = `${kind}-${++count}`;
    await store.createDestination({name, kind, partitions, ...(deadLetter ? {deadLetter} : {})});
    partitionsOf.set(name, kind === 'queue' ? [null] : Array.from({length: partitions}, (_, index) => String(index)));
    return name;
  };
  const subscriptionFor = (name: string) => (kind === 'queue' ? name : `reader of ${name}`);
  const bytesOf = (text: string | null | undefined, base64: string | undefined) =>
    base64 !== undefined ? Buffer.from(base64, 'base64') : typeof text === 'string' ? Buffer.from(text) : null;

  const advance = async (name: string, messages: number) => {
    const partitions = partitionsOf.get(name) ?? [];
    const ends = await Promise.all(partitions.map(async id => (await linesIn(folder.path, name, id)).length));
    const cursors = read.get(name) ?? partitions.map(() => 0);
    read.set(name, cursors);
    for (let left = messages, turn = 0; left > 0; turn++) {
      const index = turn % partitions.length;
      if ((cursors[index] ?? 0) >= (ends[index] ?? 0)) continue;
      cursors[index] = (cursors[index] ?? 0) + 1;
      left--;
    }
    await store.createSubscription({name: subscriptionFor(name)});
    const entries = partitions.map((partition, index) => ({partition, cursor: cursors[index] ?? 0}));
    await store.setCursors(subscriptionFor(name), name, entries);
  };
  const take = async (broker: Broker, name: string, messages: number) => {
    const held = [];
    const limits = {window: messages, limit: messages};
    for await (const deliveries of broker.taker?.take(name, limits, never) ?? []) held.push(...deliveries);
    return held;
  };

  return {
    name: `file, ${kind}s`,
    driver: fileDriver,
    maxPartitions: kind === 'queue' ? 1 : 3,
    figuresLagMs: 0,
    keepsNullBody: true,
    refused: {partition: '999', key: null, headers: [], body: null, timestamp: null, id: null},
    open: () => openFolder(folder.path),
    create: ({partitions}) => create(partitions),
    produce: async (name, messages) => {
      for (const message of messages) {
        const partition = message.partition ?? partitionsOf.get(name)?.[0] ?? null;
        await store.append(name, partition, [message]);
      }
    },
    contents: async name => {
      const all: Stored[] = [];
      for (const partition of partitionsOf.get(name) ?? []) {
        for (const {key, key64, body, body64} of await linesIn(folder.path, name, partition)) {
          all.push({partition, key: bytesOf(key, key64), body: bytesOf(body, body64)});
        }
      }
      return all;
    },
    subscriptionFor,
    consume: async (name, messages) => {
      if (kind === 'topic') return advance(name, messages);
      await using broker = await openFolder(folder.path);
      await broker.taker?.settle(await take(broker, name, messages), 'accept', never);
    },
    ...(kind === 'queue'
      ? {
          hold: async (name: string, messages: number) => {
            const broker = await openFolder(folder.path);
            await take(broker, name, messages);
            return {release: async () => broker[Symbol.asyncDispose]()};
          },
        }
      : {}),
    route: async () => {
      const destination = await create(1);
      return {source: await create(1, {destination, maxDeliveries: 3}), destination};
    },
    close: () => folder[Symbol.asyncDispose](),
  };
}
