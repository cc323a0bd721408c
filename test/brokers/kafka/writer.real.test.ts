import {afterAll, beforeAll, describe, expect, onTestFinished, test} from 'vitest';
import {kafkaDriver} from '../../../src/brokers/kafka/driver.ts';
import {codecNames} from '../../../src/brokers/kafka/records/codec.ts';
import type {Broker, Outcome} from '../../../src/brokers/port.ts';
import type {Header, Message, OutgoingMessage} from '../../../src/model/message.ts';
import {Secret} from '../../../src/model/secret.ts';
import {kafka, tool} from '../real.ts';
import {oldServer} from './old-server.ts';
import type {Limits} from './old-server.ts';
import {Situation, soon, targetOf} from './situation.ts';

const server = kafka();
const port = Number(server.plain.bootstrap.split(':')[1]);
const situation = new Situation(server);
let driver: Broker;

beforeAll(async () => {
  await situation.admin.connect();
  driver = await situation.driver();
});

afterAll(() => situation[Symbol.asyncDispose]());

function message(body: string | null, rest: Partial<OutgoingMessage> = {}): OutgoingMessage {
  const bytes = body === null ? null : Buffer.from(body);
  return {partition: null, key: null, headers: [], body: bytes, timestamp: null, id: null, ...rest};
}

async function write(topic: string, batch: readonly OutgoingMessage[], by = driver): Promise<readonly Outcome[]> {
  if (!by.writer) throw new Error('no writer');
  await using session = await by.writer.open(topic, {}, soon());
  return await session.send(batch, soon());
}

async function read(topic: string): Promise<Message[]> {
  const range = {destination: topic, from: {at: 'earliest'}, until: {at: 'latest'}, follow: false} as const;
  const messages: Message[] = [];
  for await (const batch of driver.reader?.read(range, {batchMessages: 500, batchBytes: 1e6, messages: null}, soon()) ??
    []) {
    expect(batch.problem).toBeUndefined();
    messages.push(...batch.messages);
  }
  return messages;
}

/** Opens the driver on a relay that answers like an older server, or loses answers. */
async function openRelayed(limits: Limits, isLost: (api: number) => boolean, timeoutMs: number): Promise<Broker> {
  const relay = await oldServer(port, limits, isLost);
  onTestFinished(() => relay.close());
  const target = targetOf(`kafka://127.0.0.1:${relay.port}`, {timeoutMs});
  const broker = await kafkaDriver.open(target, {signal: soon()});
  onTestFinished(() => Promise.resolve(broker[Symbol.asyncDispose]()));
  return broker;
}

test("Kafka's own consumer reads what was written: every codec, headers in order, keys, times, tombstones", async () => {
  const topic = await situation.topic('written', 2, {'max.message.bytes': '12000000'});
  const headers: Header[] = [
    {name: 'try', type: 'string', value: '1'},
    {name: 'reason', type: 'string', value: 'late'},
    {name: 'try', type: 'string', value: '2'},
    {name: 'none', type: 'null', value: null},
    {name: 'count', type: 'int32', value: 7},
  ];
  const timestamp = new Date('2024-05-06T07:08:09.123Z');
  const batch = codecNames.flatMap(compression => [
    message(`by ${compression}`, {partition: '1', key: Buffer.from('k'), headers, timestamp, native: {compression}}),
    message(null, {partition: '1', key: Buffer.from('gone'), timestamp, native: {compression}}),
  ]);
  const outcomes = await write(topic, batch);
  expect(outcomes).toEqual(
    batch.map((_, index) => ({status: 'done', partition: '1', position: String(index), duplicate: false})),
  );
  const printed = ['partition', 'offset', 'timestamp', 'headers', 'key'].flatMap(name => [
    '--formatter-property',
    `print.${name}=true`,
  ]);
  const shown = await tool(server, 'kafka-console-consumer', [
    ...['--bootstrap-server', server.plain.bootstrap, '--topic', topic, '--from-beginning'],
    ...['--max-messages', String(batch.length), '--timeout-ms', '20000', ...printed],
  ]);
  const time = `CreateTime:${timestamp.getTime()}`;
  expect(shown.trim().split('\n')).toEqual(
    codecNames.flatMap((name, index) => [
      `${time}\tPartition:1\tOffset:${2 * index}\ttry:1,reason:late,try:2,none:null,count:7\tk\tby ${name}`,
      `${time}\tPartition:1\tOffset:${2 * index + 1}\tNO_HEADERS\tgone\tnull`,
    ]),
  );
  expect((await read(topic)).map(({native}) => native['compression'])).toEqual(
    codecNames.flatMap(name => [name, name]),
  );
});

test("a key goes where the Java client's rule puts it", async () => {
  const [ours, theirs] = [await situation.topic('keys', 7), await situation.topic('keys', 7)];
  const keys = Array.from({length: 60}, (_, index) => `${'key'.repeat(index % 4)}-${index}-é`);
  await write(
    ours,
    keys.map(key => message(key, {key: Buffer.from(key)})),
  );
  const producer = situation.kafka.producer();
  await producer.connect();
  // kafkajs has the Java client's partitioner by default.
  await producer.send({topic: theirs, messages: keys.map(key => ({key, value: key}))});
  await producer.disconnect();
  const places = async (topic: string) =>
    (await read(topic)).map(({key, partition}) => `${String(key)} ${partition}`).sort();
  expect(await places(ours)).toEqual(await places(theirs));
});

test('a message of 10 MB, and 5,000 small ones around it', async () => {
  const topic = await situation.topic('large', 1, {'max.message.bytes': '12000000'});
  const large = Buffer.alloc(10_000_000, 'ten megabytes ');
  const small = Array.from({length: 5000}, (_, index) => message(`small ${index}`.padEnd(1000)));
  const outcomes = await write(topic, [...small.slice(0, 2500), message('', {body: large}), ...small.slice(2500)]);
  expect(outcomes.filter(({status}) => status !== 'done')).toEqual([]);
  const back = await read(topic);
  expect(back).toHaveLength(5001);
  expect(Buffer.compare(large, back[2500]?.body ?? Buffer.alloc(0))).toBe(0);
  expect(String(back[5000]?.body).trim()).toBe('small 4999');
});

describe('refusals', () => {
  test('a message that is too large is the only one that fails, wherever it stands', async () => {
    const topic = await situation.topic('limit', 1, {'max.message.bytes': '2000'});
    const batch = Array.from({length: 20}, (_, index) =>
      message(String(index), index % 7 === 3 ? {body: Buffer.alloc(3000)} : {}),
    );
    const outcomes = await write(topic, batch);
    const expected = batch.map((_, index) => (index % 7 === 3 ? 'failed' : 'done'));
    expect(outcomes.map(({status}) => status)).toEqual(expected);
    expect(outcomes[3]).toMatchObject({
      failure: {kind: 'data', broker: expect.stringContaining('MESSAGE_TOO_LARGE') as string},
    });
    expect((await read(topic)).map(({body}) => String(body))).toEqual(
      batch.flatMap(({body}, index) => (index % 7 === 3 ? [] : [String(body)])),
    );
  });

  test('a message without a key in a compacted topic, and one of a time that the topic does not take', async () => {
    const compacted = await situation.topic('compacted', 1, {'cleanup.policy': 'compact'});
    const key = Buffer.from('k');
    const batch = [message('a', {key}), message('no key'), message('b', {key}), message('no key either')];
    const outcomes = await write(compacted, batch);
    expect(outcomes.map(({status}) => status)).toEqual(['done', 'failed', 'done', 'failed']);
    expect(outcomes[1]).toMatchObject({failure: {kind: 'data', broker: expect.stringContaining('key') as string}});
    const young = await situation.topic('young', 1, {'message.timestamp.before.max.ms': '60000'});
    const old = message('old', {timestamp: new Date('2020-01-01')});
    const times = await write(young, [message('now'), old, message('now too')]);
    expect(times.map(({status}) => status)).toEqual(['done', 'failed', 'done']);
  });

  test('a partition that is not there fails alone', async () => {
    const topic = await situation.topic('partitions', 2);
    const outcomes = await write(topic, [message('a', {partition: '1'}), message('b', {partition: '2'})]);
    expect(outcomes).toMatchObject([
      {status: 'done', partition: '1'},
      {status: 'failed', failure: {kind: 'notFound'}},
    ]);
  });

  test('without the right, neither reading nor writing begins', async () => {
    const topic = await situation.topic('rights', 1);
    const credentials = {username: 'nobody', password: new Secret(server.users.nobody)};
    const target = targetOf(`${server.sasl.url}?sasl=plain`, {credentials});
    await using nobody = await kafkaDriver.open(target, {signal: soon()});
    await expect(write(topic, [message('a')], nobody)).rejects.toMatchObject({kind: 'denied'});
  });
});

describe('lost confirmations', () => {
  const produce = 0;

  test('a batch whose confirmation is lost is sent again and stored once', async () => {
    const topic = await situation.topic('lost', 2);
    let losses = 3;
    const broker = await openRelayed(new Map(), api => api === produce && losses-- > 0, 10_000);
    const batch = Array.from({length: 10}, (_, index) => message(`m${index}`, {partition: String(index % 2)}));
    const outcomes = await write(topic, batch, broker);
    expect(losses).toBeLessThan(0);
    expect(outcomes.filter(({status}) => status !== 'done')).toEqual([]);
    expect((await read(topic)).map(({body}) => String(body)).sort()).toEqual(batch.map(({body}) => String(body)));
  });

  test('when none ever comes the fate is unknown, and what is sent later is not taken for a repeat', async () => {
    const topic = await situation.topic('doubt', 1);
    let losing = true;
    const broker = await openRelayed(new Map(), api => losing && api === produce, 1500);
    await using session = await broker.writer?.open(topic, {}, soon());
    const first = await session?.send([message('in doubt')], soon());
    expect(first).toMatchObject([{status: 'unknown', failure: {kind: 'unreachable'}}]);
    losing = false;
    const second = await session?.send([message('sure')], soon());
    expect(second).toMatchObject([{status: 'done', duplicate: false}]);
    expect((await read(topic)).map(({body}) => String(body))).toEqual(['in doubt', 'sure']);
  });

  test('without producer ids nothing is sent twice', async () => {
    const topic = await situation.topic('plain', 1);
    let losses = 1;
    const broker = await openRelayed(new Map([[22, null]]), api => api === produce && losses-- > 0, 10_000);
    const outcomes = await write(topic, [message('once')], broker);
    expect(outcomes).toMatchObject([{status: 'unknown'}]);
    expect((await read(topic)).map(({body}) => String(body))).toEqual(['once']);
  });
});

test.each([3, 5, 7, 8, 9])('Produce version %i, as older servers speak it', async version => {
  const topic = await situation.topic('version', 1);
  const limits = new Map([
    [0, version],
    [22, version % 5],
  ]);
  const broker = await openRelayed(limits, () => false, 10_000);
  const outcomes = await write(topic, [message('a'), message('b')], broker);
  expect(outcomes.map(({status}) => status)).toEqual(['done', 'done']);
  expect((await read(topic)).map(({body, position}) => `${position} ${String(body)}`)).toEqual(['0 a', '1 b']);
});
