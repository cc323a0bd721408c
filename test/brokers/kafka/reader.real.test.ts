import {closeSync, openSync, readFileSync, writeSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, onTestFinished, test} from 'vitest';
import {kafkaDriver} from '../../../src/brokers/kafka/driver.ts';
import {codecNames} from '../../../src/brokers/kafka/records/codec.ts';
import type {Batch, Broker, ReadLimits, ReadRange} from '../../../src/brokers/port.ts';
import {kafka, tool} from '../real.ts';
import {oldServer} from './old-server.ts';
import {Situation, soon, targetOf, until} from './situation.ts';

const server = kafka();
const situation = new Situation(server);
const limits: ReadLimits = {batchMessages: 500, batchBytes: 1_000_000, messages: null};
let driver: Broker;

beforeAll(async () => {
  await situation.admin.connect();
  driver = await situation.driver();
});

afterAll(() => situation[Symbol.asyncDispose]());

async function read(
  destination: string,
  {range = {}, some = limits, by = driver}: {range?: Partial<ReadRange>; some?: ReadLimits; by?: Broker} = {},
): Promise<Batch[]> {
  if (!by.reader) throw new Error('no reader');
  const whole = {destination, from: {at: 'earliest'}, until: {at: 'latest'}, follow: false} as const;
  const batches: Batch[] = [];
  for await (const batch of by.reader.read({...whole, ...range}, some, soon())) batches.push(batch);
  return batches;
}

const messagesOf = (batches: readonly Batch[]) => batches.flatMap(({messages}) => messages);
const textsOf = (batches: readonly Batch[]) => messagesOf(batches).map(({body}) => body && String(body));

async function produce(topic: string, messages: readonly {key?: string; value: string | Buffer | null}[]) {
  const producer = situation.kafka.producer();
  await producer.connect();
  // One send each: one batch each.
  for (const message of messages) await producer.send({topic, messages: [{partition: 0, ...message}]});
  await producer.disconnect();
}

test.each(codecNames)('what the Java producer packs with %s is read', async codec => {
  const topic = await situation.topic(`java-${codec}`, 1);
  await tool(server, 'kafka-producer-perf-test', [
    ...['--topic', topic, '--num-records', '3000', '--throughput', '-1', '--payload-monotonic', '--producer-props'],
    ...[`bootstrap.servers=${server.plain.bootstrap}`, `compression.type=${codec}`, 'linger.ms=50'],
  ]);
  const batches = await read(topic);
  expect(batches.filter(({problem}) => problem)).toEqual([]);
  expect(textsOf(batches)).toEqual(Array.from({length: 3000}, (_, index) => String(index)));
  const [first] = messagesOf(batches);
  expect(first?.native).toMatchObject({compression: codec, transactional: false, producerEpoch: 0});
});

test('aborted and open transactions are not shown, and markers are no messages', async () => {
  const topic = await situation.topic('transactions', 1);
  await situation.fill(topic, [2]);
  await situation.transaction(topic, 3, 'abort');
  await situation.transaction(topic, 2, 'commit');
  await situation.transaction(topic, 1, 'abort');
  await situation.fill(topic, [1]);
  await situation.transaction(topic, 2, 'stay open');
  await situation.fill(topic, [1]);
  const batches = await read(topic);
  expect(textsOf(batches)).toEqual(['value 0', 'value 1', 'commit 0', 'commit 1', 'value 0']);
  // 2 + 3 and a marker + 2 and a marker + 1 and a marker + 1: the open transaction holds the end there.
  expect(batches.at(-1)).toMatchObject({next: '12', end: '12', partition: '0'});
  expect(textsOf(await read(topic, {range: {from: {at: 'offset', offset: 3n}}}))).toEqual([
    'commit 0',
    'commit 1',
    'value 0',
  ]);
});

test('a compacted topic has gaps and tombstones, and is read to its end', async () => {
  const topic = await situation.topic('compacted', 1, {
    'cleanup.policy': 'compact',
    'segment.ms': '100',
    'min.cleanable.dirty.ratio': '0.001',
    'delete.retention.ms': '86400000',
  });
  const values = Array.from({length: 12}, (_, index) => ({key: `k${index % 3}`, value: `v${index}`}));
  await produce(topic, [...values, {key: 'k0', value: null}]);
  await until(async () => {
    // A segment is closed, and then cleaned, when something new comes.
    await produce(topic, [{key: 'last', value: 'last'}]);
    return messagesOf(await read(topic)).filter(({key}) => String(key) !== 'last').length === 3;
  });
  const batches = await read(topic);
  expect(batches.filter(({problem}) => problem)).toEqual([]);
  const left = messagesOf(batches).filter(({key}) => String(key) !== 'last');
  expect(left.map(({position, key, body}) => [position, String(key), body && String(body)])).toEqual([
    ['10', 'k1', 'v10'],
    ['11', 'k2', 'v11'],
    ['12', 'k0', null],
  ]);
  expect(batches.at(-1)?.next).toBe(batches.at(-1)?.end);
});

describe('what cannot be read', () => {
  /** The file of a topic's partition 0. */
  const logOf = (topic: string) => join(server.nodes[0]?.folder ?? '', 'data', `${topic}-0`, `${'0'.repeat(20)}.log`);

  test('a damaged batch is named with its offsets, and the read goes on after it', async () => {
    const topic = await situation.topic('damaged', 1);
    await produce(topic, [{value: 'before'}, {value: 'damage me'}, {value: 'after'}]);
    const at = readFileSync(logOf(topic)).indexOf('damage me');
    const file = openSync(logOf(topic), 'r+');
    writeSync(file, 'D', at);
    closeSync(file);
    const batches = await read(topic);
    expect(textsOf(batches)).toEqual(['before', 'after']);
    const [bad, ...others] = batches.filter(({problem}) => problem);
    expect(others).toEqual([]);
    expect(bad).toMatchObject({
      messages: [],
      next: '2',
      end: '3',
      problem: {
        kind: 'data',
        message: `Could not read offsets 1 to 1 of topic "${topic}" partition 0`,
        broker: expect.stringContaining('CRC-32C') as string,
      },
    });
  });

  test('what retention removes during the read is named, and the read goes on at what is left', async () => {
    const topic = await situation.topic('retention', 1);
    const value = Buffer.alloc(40_000, 'x');
    await produce(
      topic,
      Array.from({length: 30}, () => ({value})),
    );
    const seen: Batch[] = [];
    const range = {destination: topic, from: {at: 'earliest'}, until: {at: 'latest'}, follow: false} as const;
    for await (const batch of driver.reader?.read(range, {...limits, batchBytes: 1}, soon()) ?? []) {
      if (seen.length === 0) await situation.cut(topic, 0, 25n);
      seen.push(batch);
    }
    const gap = seen.filter(({problem}) => problem);
    expect(gap).toMatchObject([
      {next: '25', problem: {kind: 'data', message: expect.stringContaining('to 24') as string}},
    ]);
    const positions = messagesOf(seen).map(({position}) => Number(position));
    expect(positions.slice(-5)).toEqual([25, 26, 27, 28, 29]);
    expect(positions.filter(position => position < 25).length).toBeLessThan(25);
    expect(seen.at(-1)).toMatchObject({next: '30', end: '30'});
  });

  test('a topic that is deleted during the read ends it with a reason', async () => {
    const topic = await situation.topic('deleted', 1);
    await situation.fill(topic, [3]);
    const hasty = await situation.driver({timeoutMs: 1000});
    const seen: Batch[] = [];
    const range = {destination: topic, from: {at: 'earliest'}, until: {at: 'latest'}, follow: true} as const;
    for await (const batch of hasty.reader?.read(range, limits, soon()) ?? []) {
      if (seen.length === 0) await situation.admin.deleteTopics({topics: [topic]});
      seen.push(batch);
    }
    expect(seen.at(-1)).toMatchObject({messages: [], next: null, problem: {kind: 'notFound'}});
  });
});

test('places of single partitions, and an end by time', async () => {
  const topic = await situation.topic('places', 3);
  await situation.fill(topic, [5, 5, 5]);
  const fromEach = new Map([
    ['0', {at: 'offset', offset: 3n} as const],
    ['2', {at: 'native', token: '99'} as const],
  ]);
  const batches = await read(topic, {range: {from: {at: 'shift', by: -1n}, fromEach}});
  const places = messagesOf(batches).map(({partition, position}) => `${partition}:${position}`);
  expect(places.sort()).toEqual(['0:3', '0:4', '1:4']);
  await expect(read(topic, {range: {from: {at: 'native', token: 'abc'}}})).rejects.toMatchObject({kind: 'usage'});
});

test('a start that is removed is named, and its batch is not shown though the server sends it whole', async () => {
  const topic = await situation.topic('removed', 2);
  // One batch a partition, so that the log start lies within it.
  await situation.fill(topic, [100, 100]);
  await situation.cut(topic, 1, 70n);
  const batches = await read(topic, {range: {from: {at: 'offset', offset: 40n}, partitions: ['1']}});
  expect(messagesOf(batches).map(({position}) => position)).toEqual(
    Array.from({length: 30}, (_, index) => String(70 + index)),
  );
  expect(batches.filter(({problem}) => problem)).toMatchObject([
    {
      partition: '1',
      next: '70',
      problem: {kind: 'data', message: `Offsets 40 to 69 of topic "${topic}" partition 1 are not held any more`},
    },
  ]);
  const held = await read(topic, {range: {from: {at: 'shift', by: -50n}}});
  expect(held.filter(({problem}) => problem)).toEqual([]);
  expect(messagesOf(held).map(({partition, position}) => `${partition}:${position}`)).toEqual(
    expect.arrayContaining(['0:50', '0:99', '1:70', '1:99']),
  );
  expect(messagesOf(held)).toHaveLength(50 + 30);
  await situation.cut(topic, 1, 100n);
  const nothing = await read(topic, {range: {from: {at: 'native', token: '80'}, partitions: ['1']}});
  expect(nothing).toMatchObject([{messages: [], next: '100', end: '100', problem: {kind: 'data'}}]);
});

test('small batches of many partitions come in turn, and no answer is larger than the memory given', async () => {
  const topic = await situation.topic('turns', 4);
  await situation.fill(topic, [400, 400, 400, 400]);
  const lines: string[] = [];
  const traced = await situation.driver({trace: line => lines.push(line)});
  const batches = await read(topic, {some: {...limits, batchMessages: 50, batchBytes: 1}, by: traced});
  expect(messagesOf(batches)).toHaveLength(1600);
  const firstFour = batches.slice(0, 4).map(({partition}) => partition);
  expect(new Set(firstFour).size).toBeGreaterThan(1);
  const sizes = lines.flatMap(line => /^kafka Fetch .* (\d+) in,/.exec(line)?.slice(1) ?? []).map(Number);
  expect(Math.max(...sizes)).toBeLessThan(70_000);
});

test('a connection that is lost during the read is made again', async () => {
  const topic = await situation.topic('lost', 2);
  await situation.fill(topic, [3000, 3000]);
  let answers = 0;
  const port = Number(server.plain.bootstrap.split(':')[1]);
  const relay = await oldServer(port, new Map(), api => api === 1 && ++answers % 3 === 2);
  onTestFinished(() => relay.close());
  const broker = await kafkaDriver.open(targetOf(`kafka://127.0.0.1:${relay.port}`), {signal: soon()});
  onTestFinished(() => Promise.resolve(broker[Symbol.asyncDispose]()));
  const batches = await read(topic, {some: {...limits, batchBytes: 1}, by: broker});
  expect(answers).toBeGreaterThan(2);
  expect(batches.filter(({problem}) => problem)).toEqual([]);
  const places = messagesOf(batches).map(({partition, position}) => `${partition}:${position}`);
  expect(new Set(places).size).toBe(6000);
  expect(places).toHaveLength(6000);
});
