import {parseAddress} from '../../../src/model/address.ts';
import type {OutgoingMessage} from '../../../src/model/message.ts';
import {fileDriver} from '../../../src/brokers/file/driver.ts';

/*
 * A process of its own for the crash tests: `tsx child.ts FOLDER ROLE NAME`. It prints a line for what has been confirmed
 * and goes on until it is killed or, with a COUNT, is done.
 */

const [, , folder = '', role = '', name = '', count = 'Infinity'] = process.argv;
const {signal} = new AbortController();
const address = parseAddress(`file:${folder}`);
const target = {name: 'child', address, credentials: {}, tls: null, timeoutMs: 20_000, deadLetters: [], trace: null};
const broker = await fileDriver.open(target, {signal});

function message(body: string, partition: string | null): OutgoingMessage {
  return {partition, key: null, headers: [], body: Buffer.from(body), timestamp: null, id: null};
}

/** Pipes of a child are written asynchronously: what is not flushed when it is killed was never said. */
async function say(line: string): Promise<void> {
  await new Promise<void>(resolve => process.stdout.write(`${line}\n`, () => resolve()));
}

async function write(): Promise<void> {
  const session = await broker.writer?.open('t', {}, signal);
  for (let number = 0; number < Number(count); number++) {
    // A body of some size, so that a kill can fall into the middle of a write.
    const body = `${name}-${number}`;
    const outcomes = await session?.send([message(`${body} ${'x'.repeat(5000)}`, '0')], signal);
    if (outcomes?.[0]?.status === 'done') await say(body);
  }
}

async function transact(): Promise<void> {
  const session = await broker.writer?.open('t', {exactlyOnce: true, ledgerKey: 'child'}, signal);
  const done = Number((await session?.committed?.(signal)) ?? 0);
  for (let number = done + 1; ; number++) {
    await session?.send(
      ['0', '1', '2'].flatMap(partition => [message(`${number}a`, partition), message(`${number}b`, partition)]),
      signal,
    );
    await session?.commit?.(String(number), signal);
    await say(String(number));
  }
}

async function hold(): Promise<void> {
  const held = [];
  for await (const deliveries of broker.taker?.take('q', {window: 3, limit: 3}, signal) ?? []) held.push(...deliveries);
  await say(`held ${held.length}`);
  setInterval(() => {}, 1000);
}

const roles: Readonly<Record<string, () => Promise<void>>> = {write, transact, hold};
await roles[role]?.();
