import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileDriver} from '../../src/brokers/file/driver.ts';
import {FileStore} from '../../src/brokers/file/store.ts';
import type {Broker} from '../../src/brokers/port.ts';
import {parseAddress} from '../../src/model/address.ts';
import type {Header, OutgoingMessage} from '../../src/model/message.ts';
import type {Context} from '../../src/operations/context.ts';

/** A file broker in a folder of its own, opened as `name`. */
export interface SmallBroker extends AsyncDisposable {
  readonly folder: string;
  readonly store: FileStore;
  readonly context: Context;
}

export const signal = new AbortController().signal;

export async function smallBroker(name = 'test'): Promise<SmallBroker> {
  const folder = await mkdtemp(join(tmpdir(), 'brokerctl-'));
  const store = await FileStore.create(folder, {sync: false});
  const broker: Broker = await fileDriver.open(
    {
      name,
      address: parseAddress(`file:${folder}`),
      credentials: {},
      tls: null,
      timeoutMs: 10_000,
      deadLetters: [],
      trace: null,
    },
    {signal},
  );
  return {
    folder,
    store,
    context: {name, broker},
    [Symbol.asyncDispose]: async () => {
      await broker[Symbol.asyncDispose]();
      await rm(folder, {recursive: true, force: true});
    },
  };
}

export function message(body: string | Uint8Array | null, more: Partial<OutgoingMessage> = {}): OutgoingMessage {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  return {partition: null, key: null, headers: [], body: bytes, timestamp: null, id: null, ...more};
}

export function text(name: string, value: string): Header {
  return {name, type: 'string', value};
}

export function bodies(count: number, prefix = 'message '): OutgoingMessage[] {
  return Array.from({length: count}, (_, index) => message(`${prefix}${index}`));
}

/** All rows of a report whose rows come as they are found. */
export async function collect<Row>(rows: AsyncIterable<readonly Row[]>): Promise<Row[]> {
  const all: Row[] = [];
  for await (const batch of rows) all.push(...batch);
  return all;
}

/** `orders` with three partitions of 4, 5 and 6 messages, an empty topic, and the queue `payments` of 3. */
export async function fill(store: FileStore): Promise<void> {
  await store.createDestination({name: 'orders', partitions: 3});
  await store.createDestination({name: 'empty'});
  await store.createDestination({name: 'payments', kind: 'queue'});
  await store.createDestination({name: '__offsets', internal: true});
  for (const partition of [0, 1, 2]) await store.append('orders', String(partition), bodies(4 + partition));
  await store.append('payments', null, bodies(3));
}
