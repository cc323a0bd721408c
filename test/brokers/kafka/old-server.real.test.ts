import {afterAll, beforeAll, expect, onTestFinished, test} from 'vitest';
import {kafkaDriver} from '../../../src/brokers/kafka/driver.ts';
import type {Broker} from '../../../src/brokers/port.ts';
import {kafka, uniqueName} from '../real.ts';
import {oldServer} from './old-server.ts';
import type {Limits} from './old-server.ts';
import {Situation, all, named, soon, targetOf} from './situation.ts';

const broker = kafka();
const port = Number(broker.plain.bootstrap.split(':')[1]);
const situation = new Situation(broker);
const trace: string[] = [];
let topic: string;
let groups: readonly string[];

/** Kafka 2.0: one group a request, no group types, no flexible versions, no newer APIs. */
const kafka20: Limits = new Map([
  [1, 8],
  [2, 3],
  [3, 6],
  [9, 4],
  [10, 2],
  [15, 2],
  [16, 2],
  [32, 2],
  [35, 1],
  [61, null],
  [65, null],
  [66, null],
  [69, null],
  [77, null],
  [90, null],
]);

beforeAll(async () => {
  await situation.admin.connect();
  topic = await situation.topic('old', 2);
  await situation.fill(topic, [10, 20]);
  groups = [uniqueName('one'), uniqueName('two')];
  for (const [index, group] of groups.entries())
    await situation.commit(group, topic, new Map([[0, BigInt(index + 3)]]));
});

afterAll(() => situation[Symbol.asyncDispose]());

async function open(limits: Limits): Promise<Broker> {
  const server = await oldServer(port, limits);
  onTestFinished(() => server.close());
  trace.length = 0;
  const target = targetOf(`kafka://127.0.0.1:${server.port}`, {trace: line => trace.push(line)});
  const opened = await kafkaDriver.open(target, {signal: soon()});
  onTestFinished(() => Promise.resolve(opened[Symbol.asyncDispose]()));
  return opened;
}

test('an old server tells the same of depth, lag, ages and a topic', async () => {
  const old = await open(kafka20);
  const now = await situation.driver();
  const depthOf = async (one: Broker) =>
    (await one.inspector.destinations({names: named(topic), internal: false}, soon())).items.map(item => ({
      ...item,
      partitions: item.partitions.map(({depth, ...partition}) => ({
        ...partition,
        messages: depth.messages,
        bytes: depth.bytes,
      })),
    }));
  expect(await depthOf(old)).toEqual(await depthOf(now));
  const lagOf = async (one: Broker, names = all.names) => {
    const {items} = await one.inspector.subscriptions({...all, names}, soon());
    return items
      .filter(({name}) => groups.includes(name))
      .map(({name, kind, brokerState, members, progress}) => ({
        ...{name, kind, brokerState, members},
        lines: progress.map(({position, end, lag, member}) => [position, end, lag, member]),
      }));
  };
  expect(await lagOf(old)).toEqual(await lagOf(now));
  expect(await lagOf(old, named(...groups))).toEqual(await lagOf(now));
  expect(await lagOf(old)).toHaveLength(2);
  const unread = {destination: topic, partition: '0', subscription: null, position: '3'};
  const ageOf = async (one: Broker) => (await one.inspector.ages([unread], soon())).items.map(({oldest}) => oldest);
  expect(await ageOf(old)).toEqual(await ageOf(now));
  const {facts} = await old.inspector.describe(topic, soon());
  expect(facts).toContainEqual({section: 'topic', name: 'replication factor', value: '1'});
  const used = new Set(trace.flatMap(line => /^kafka (\w+ v\d+)/.exec(line)?.slice(1) ?? []));
  expect([...used].sort()).toEqual([
    'ApiVersions v0',
    'DescribeConfigs v2',
    'DescribeGroups v2',
    'DescribeLogDirs v1',
    'Fetch v8',
    'FindCoordinator v2',
    'ListGroups v2',
    'ListOffsets v3',
    'Metadata v6',
    'OffsetFetch v4',
  ]);
});

test('a server without log dirs says no to bytes, and one that shares no version is refused with both ranges', async () => {
  const without = await open(new Map([[35, null]]));
  expect(without.capabilities['inspect.bytes'].level).toBe('none');
  await expect(open(new Map([[3, 2]]))).rejects.toMatchObject({
    kind: 'unsupported',
    broker: expect.stringMatching(/Metadata: the broker speaks versions 0 to 2, brokerctl 4 to 12/) as string,
  });
});
