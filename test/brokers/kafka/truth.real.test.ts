import {afterAll, beforeAll, expect, test} from 'vitest';
import type {Broker} from '../../../src/brokers/port.ts';
import {kafka, tool, uniqueName} from '../real.ts';
import {Situation, all, named, soon, until} from './situation.ts';

/*
 * Our figures against those of Kafka's own tools, cell by cell, in the situations where tools are known to differ.
 */

const broker = kafka();
const bootstrap = ['--bootstrap-server', broker.plain.bootstrap];
let situation: Situation;
let driver: Broker;

beforeAll(async () => {
  situation = new Situation(broker);
  await situation.admin.connect();
  driver = await situation.driver();
});

afterAll(() => situation[Symbol.asyncDispose]());

const byTopicAndPartition = (one: readonly unknown[], other: readonly unknown[]) =>
  String(one[0]).localeCompare(String(other[0])) || Number(one[1]) - Number(other[1]);

/** The cells of the lines that begin with the group's name. */
async function described(program: string, group: string): Promise<string[][]> {
  const text = await tool(broker, program, [...bootstrap, '--describe', '--group', group]);
  const lines = text.split('\n').map(line => line.trim().split(/\s+/));
  return lines.filter(([name]) => name === group).map(([, ...cells]) => cells);
}

const offset = (cell: string | undefined) => (cell === '-' || cell === undefined ? null : cell);

/** What kafka-consumer-groups says: topic, partition, committed offset, end, lag, client id. */
async function theirs(group: string) {
  const cells = await described('kafka-consumer-groups', group);
  const rows = cells.map(([topic, partition, current, end, lag, , , client]) => [
    topic,
    partition,
    offset(current),
    offset(end),
    offset(lag),
    offset(client),
  ]);
  return rows.sort(byTopicAndPartition);
}

/** Ours in the same form. Its lag is end − committed: it counts what is lost, and goes below zero past the end. */
async function ours(group: string) {
  const {items} = await driver.inspector.subscriptions({...all, names: named(group)}, soon());
  const rows = (items[0]?.progress ?? []).map(one => {
    const past = one.flags.includes('pastEnd') ? Number(one.position) - Number(one.end) : 0;
    const lag = one.position === null || one.lag === null ? null : String(one.lag + (one.lost ?? 0) - past);
    return [one.destination, one.partition, one.position, one.end, lag, one.member?.split('@')[0] ?? null];
  });
  return rows.sort(byTopicAndPartition);
}

test('depth: first and end of every partition, cut, compacted, transactional and of fifty partitions', async () => {
  const wide = await situation.topic('wide', 50);
  await situation.fill(
    wide,
    Array.from({length: 50}, (_, partition) => (partition * 7) % 23),
  );
  const cut = await situation.topic('cut', 2);
  await situation.fill(cut, [30, 30]);
  await situation.cut(cut, 1, 12n);
  const compacted = await situation.topic('compact', 1, {'cleanup.policy': 'compact'});
  await situation.fill(compacted, [40]);
  const transactional = await situation.topic('txn', 1);
  await situation.transaction(transactional, 5, 'commit');
  await situation.transaction(transactional, 3, 'abort');
  await situation.transaction(transactional, 2, 'stay open');
  const topics = [wide, cut, compacted, transactional];

  const ask = async (time: string) => {
    const pattern = topics.map(topic => topic.replaceAll('.', '\\.')).join('|');
    const text = await tool(broker, 'kafka-get-offsets', [...bootstrap, '--topic', pattern, '--time', time]);
    const lines = text.matchAll(/^(.+:\d+):(\d+)$/gm);
    return new Map([...lines].map(([, key, found]) => [key, Number(found)]));
  };
  const [first, end] = [await ask('-2'), await ask('-1')];
  const {items} = await driver.inspector.destinations({names: named(...topics), internal: false}, soon());
  const mine = items.flatMap(({name, partitions}) =>
    partitions.map(({id, first: from, depth}) => [`${name}:${id}`, from, depth.messages] as const),
  );
  expect(mine).toHaveLength(54);
  expect(end.size).toBe(54);
  for (const [key, from, messages] of mine) {
    const [start, stop] = [first.get(key) ?? NaN, end.get(key) ?? NaN];
    expect([key, messages]).toEqual([key, stop - start]);
    expect([key, from]).toEqual([key, stop === start ? null : String(start)]);
  }
});

test('lag: committed below the log start, past the end, none at all, two groups on one topic, an empty group', async () => {
  const topic = await situation.topic('lag', 4);
  await situation.fill(topic, [100, 100, 100, 100]);
  const other = await situation.topic('other', 1);
  await situation.fill(other, [9]);
  const [one, two] = [uniqueName('one'), uniqueName('two')];
  await situation.commit(
    one,
    topic,
    new Map([
      [0, 10n],
      [1, 20n],
      [2, 100n],
      [3, 130n],
    ]),
  );
  await situation.commit(one, other, new Map([[0, 4n]]));
  await situation.commit(two, topic, new Map([[1, 99n]]));
  await situation.cut(topic, 1, 60n);
  expect(await ours(one)).toEqual(await theirs(one));
  expect(await ours(one)).toHaveLength(5);
  expect(await ours(two)).toEqual(await theirs(two));
});

test('lag: open and aborted transactions', async () => {
  const topic = await situation.topic('txn', 1);
  await situation.transaction(topic, 5, 'commit');
  await situation.transaction(topic, 3, 'abort');
  await situation.transaction(topic, 2, 'stay open');
  const group = uniqueName('txn');
  await situation.commit(group, topic, new Map([[0, 6n]]));
  expect(await ours(group)).toEqual(await theirs(group));
  expect((await ours(group))[0]?.[4]).toBe('6');
});

test('lag: members of a classic group and of one of the newer protocol, with partitions they never committed', async () => {
  const topic = await situation.topic('members', 3);
  await situation.fill(topic, [8, 8, 8]);
  const groupId = uniqueName('classic');
  const consumer = situation.kafka.consumer({groupId});
  await situation.commit(groupId, topic, new Map([[1, 5n]]));
  await consumer.connect();
  situation.onClose(() => consumer.disconnect());
  await consumer.subscribe({topics: [topic]});
  await consumer.run({autoCommit: false, eachMessage: () => Promise.resolve()});
  const newer = uniqueName('newer');
  const joined = await situation.join('consumer', newer, topic);
  await situation.commit(newer, topic, new Map([[2, 3n]]), joined);
  for (const group of [groupId, newer]) {
    await until(async () => (await ours(group)).filter(([, , , , , member]) => member !== null).length === 3);
    expect(await ours(group)).toEqual(await theirs(group));
  }
});

test('share group: start offset and lag, after a real consumer has read', async () => {
  const topic = await situation.topic('share', 1);
  await situation.fill(topic, [20]);
  const group = uniqueName('share');
  await situation.config(32, group, 'share.auto.offset.reset', 'earliest');
  await tool(broker, 'kafka-console-share-consumer', [
    ...bootstrap,
    ...['--topic', topic, '--group', group, '--max-messages', '7', '--timeout-ms', '40000'],
  ]);
  const mine = async () => {
    const {items} = await driver.inspector.subscriptions({...all, names: named(group)}, soon());
    expect(items[0]?.kind).toBe('share');
    return (items[0]?.progress ?? []).map(one => [one.destination, one.partition, one.position, String(one.lag)]);
  };
  // The broker writes its count down some time after the reading.
  await until(async () => (await mine())[0]?.[3] !== 'null');
  const cells = await described('kafka-share-groups', group);
  expect(await mine()).toEqual(cells.map(([name, partition, start, lag]) => [name, partition, start, lag]));
});
