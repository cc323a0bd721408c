import {connect, headers as natsHeaders, RetentionPolicy} from 'nats';
import type {JetStreamManager, NatsConnection, StreamConfig} from 'nats';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {natsDriver} from '../../../src/brokers/nats/driver.ts';
import type {Broker} from '../../../src/brokers/port.ts';
import type {Header, Message, OutgoingMessage} from '../../../src/model/message.ts';
import {nats, uniqueName} from '../real.ts';
import {targetOf} from './target.ts';

const signal = AbortSignal.timeout(110_000);
let link: NatsConnection;
let manager: JetStreamManager;
let broker: Broker;
const made: string[] = [];

beforeAll(async () => {
  const server = nats();
  link = await connect({servers: `127.0.0.1:${server.clientPort}`, user: 'app', pass: server.users.app});
  manager = await link.jetstreamManager();
  broker = await natsDriver.open(targetOf(server.url), {signal});
});
afterAll(async () => {
  await broker[Symbol.asyncDispose]();
  for (const name of made) await manager.streams.delete(name);
  await link.close();
});

async function makeStream(config: Partial<StreamConfig> = {}): Promise<string> {
  const name = uniqueName('move');
  await manager.streams.add({name, subjects: [`${name}.in`], ...config});
  made.push(name);
  return name;
}

async function read(destination: string, batchBytes = 8_000_000): Promise<Message[]> {
  const range = {destination, from: {at: 'earliest'}, until: {at: 'latest'}, follow: false} as const;
  const all: Message[] = [];
  if (!broker.reader) throw new Error('no reader');
  const limits = {batchMessages: 500, batchBytes, messages: null};
  for await (const {messages} of broker.reader.read(range, limits, signal)) all.push(...messages);
  return all;
}

async function write(destination: string, ...messages: Partial<OutgoingMessage>[]) {
  if (!broker.writer) throw new Error('no writer');
  await using session = await broker.writer.open(destination, {}, signal);
  const whole = messages.map(message => ({...empty, ...message}));
  return await session.send(whole, signal);
}

const empty: OutgoingMessage = {partition: null, key: null, headers: [], body: null, timestamp: null, id: null};
const texts = (messages: readonly Message[]) => messages.map(({body}) => Buffer.from(body ?? []).toString());
const text = (name: string, value: string): Header => ({name, type: 'string', value});

test.each([true, false])('a stream with many holes is read whole (allow_direct %s)', async allow_direct => {
  const stream = await makeStream({allow_direct});
  const bodies = Array.from({length: 400}, (_, index) => `m${index}`);
  for (const body of bodies) await link.jetstream().publish(`${stream}.in`, body);
  const gone = bodies.map((_, index) => index + 1).filter(seq => seq <= 3 || (seq > 50 && seq < 350) || seq > 398);
  for (const seq of gone) await manager.streams.deleteMessage(stream, seq);
  const left = bodies.filter((_, index) => !gone.includes(index + 1));
  expect(texts(await read(stream))).toEqual(left);
  expect(texts(await read(stream, 100))).toEqual(left);
});

test('looking at a work queue takes nothing and leaves no consumer', async () => {
  const stream = await makeStream({retention: RetentionPolicy.Workqueue, allow_direct: true});
  for (const body of ['a', 'b', 'c']) await link.jetstream().publish(`${stream}.in`, body);
  expect(texts(await read(stream))).toEqual(['a', 'b', 'c']);
  const {state} = await manager.streams.info(stream);
  expect([state.messages, state.consumer_count]).toEqual([3, 0]);
});

test.each([true, false])('headers repeat and keep their order (allow_direct %s)', async allow_direct => {
  const stream = await makeStream({allow_direct});
  const headers = [
    text('b', '1'),
    text('a', ' spaced '),
    text('b', '2'),
    text('A', ''),
    text('x:y'.slice(0, 1), 'grüße'),
  ];
  expect(await write(stream, {headers})).toMatchObject([{status: 'done'}]);
  const [only] = await read(stream);
  expect(only?.headers.filter(({name}) => !name.startsWith('Nats-'))).toEqual(headers);
});

test('a repeated id is stored once and told as a duplicate', async () => {
  const stream = await makeStream();
  const outcomes = await write(stream, {id: 'one'}, {id: 'two'}, {id: 'one'});
  expect(
    outcomes.map(outcome => (outcome.status === 'done' ? [outcome.position, outcome.duplicate] : outcome)),
  ).toEqual([
    ['1', false],
    ['2', false],
    ['1', true],
  ]);
  expect((await read(stream)).map(({id}) => id)).toEqual(['one', 'two']);
});

test('headers that are orders to the server are not passed on', async () => {
  const stream = await makeStream({allow_rollup_hdrs: true});
  await write(stream, {body: Buffer.from('first')});
  const orders = [text('Nats-Rollup', 'all'), text('Nats-Expected-Last-Sequence', '99'), text('kept', 'yes')];
  expect(await write(stream, {headers: orders})).toMatchObject([{status: 'done'}]);
  const all = await read(stream);
  expect(all).toHaveLength(2);
  expect(all[1]?.headers.map(({name}) => name)).toEqual(['kept', 'Nats-Expected-Stream']);
});

test('a header that a line cannot hold fails its message and no other', async () => {
  const stream = await makeStream();
  const outcomes = await write(stream, {headers: [text('a', 'x\r\nb: y')]}, {headers: [text('with space', 'x')]}, {});
  expect(outcomes.map(({status}) => status)).toEqual(['failed', 'failed', 'done']);
  expect((await manager.streams.info(stream)).state.messages).toBe(1);
});

test('a subject is kept where the stream takes it, and needed where the stream has only wildcards', async () => {
  const stream = uniqueName('wild');
  await manager.streams.add({name: stream, subjects: [`${stream}.>`]});
  made.push(stream);
  const outcomes = await write(stream, {native: {subject: `${stream}.eu.7`}}, {native: {subject: 'elsewhere'}}, {});
  expect(outcomes.map(({status}) => status)).toEqual(['done', 'failed', 'failed']);
  expect((await read(stream)).map(({native}) => native['subject'])).toEqual([`${stream}.eu.7`]);
});

test('what other clients wrote is read with its headers', async () => {
  const stream = await makeStream({allow_direct: true});
  const headers = natsHeaders();
  headers.append('Trace', 'one');
  headers.append('Nats-Msg-Id', 'abc');
  await link.jetstream().publish(`${stream}.in`, 'x', {headers});
  const [only] = await read(stream);
  expect([only?.id, only?.headers]).toEqual(['abc', [text('Trace', 'one'), text('Nats-Msg-Id', 'abc')]]);
});

test('20,000 messages are written and read in order', async () => {
  const stream = await makeStream({allow_direct: true});
  const bodies = Array.from({length: 20_000}, (_, index) => `m${index}`);
  const outcomes = await write(stream, ...bodies.map(body => ({body: Buffer.from(body)})));
  expect(outcomes.filter(({status}) => status !== 'done')).toEqual([]);
  expect(texts(await read(stream))).toEqual(bodies);
});
