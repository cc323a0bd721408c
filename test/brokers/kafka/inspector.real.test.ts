import {afterAll, beforeAll, expect, test} from 'vitest';
import type {Broker} from '../../../src/brokers/port.ts';
import {everything} from '../../../src/model/name-filter.ts';
import type {Progress, Subscription} from '../../../src/model/subscription.ts';
import {kafka, uniqueName} from '../real.ts';
import {Situation, all, named, soon, until} from './situation.ts';
import {createTopics} from './create-topics.ts';

let situation: Situation;
let broker: Broker;
const trace: string[] = [];

beforeAll(async () => {
  situation = new Situation(kafka());
  await situation.admin.connect();
  broker = await situation.driver({trace: line => trace.push(line)});
});

afterAll(() => situation[Symbol.asyncDispose]());

async function depth(topic: string) {
  const {items} = await broker.inspector.destinations({names: named(topic), internal: false}, soon());
  expect(items.map(({name}) => name)).toEqual([topic]);
  const [destination] = items;
  if (!destination) throw new Error('not listed');
  return destination;
}

async function lag(group: string): Promise<Subscription> {
  const {items} = await broker.inspector.subscriptions({...all, names: named(group)}, soon());
  expect(items.map(({name}) => name)).toEqual([group]);
  const [subscription] = items;
  if (!subscription) throw new Error('not listed');
  return subscription;
}

const numbers = ({partition, position, first, end, lag, lost, flags}: Progress) => ({
  partition,
  position,
  first,
  end,
  lag,
  lost,
  flags,
});

test('depth is counted per partition between the first and the last message', async () => {
  const topic = await situation.topic('depth', 3);
  await situation.fill(topic, [5, 0, 12]);
  await situation.cut(topic, 2, 4n);
  const {partitions, kind, internal} = await depth(topic);
  expect({kind, internal}).toEqual({kind: 'topic', internal: false});
  expect(partitions.map(({id, first, last, depth: {messages}}) => [id, first, last, messages])).toEqual([
    ['0', '0', '4', 5],
    ['1', null, null, 0],
    ['2', '4', '11', 8],
  ]);
  expect(partitions.every(({leader, depth: {bytes}}) => leader === '1' && bytes !== null)).toBe(true);
  expect(partitions[2]?.depth.bytes).toBeGreaterThan(100);
});

test('retention, and the caveat of a compacted topic', async () => {
  const compacted = await depth(await situation.topic('compacted', 1, {'cleanup.policy': 'compact'}));
  expect(compacted.retention).toEqual({ageMs: null, bytes: null, messages: null, policy: 'compact'});
  expect(compacted.partitions[0]?.depth).toMatchObject({
    exact: false,
    caveat: expect.stringContaining('compaction') as string,
  });
  const limits = {'cleanup.policy': 'compact,delete', 'retention.ms': '3600000', 'retention.bytes': '1000000'};
  const limited = await depth(await situation.topic('limited', 1, limits));
  expect(limited.retention).toEqual({ageMs: 3_600_000, bytes: 1_000_000, messages: null, policy: 'compact-delete'});
});

test('internal topics are hidden until asked for, or named in full', async () => {
  await situation.commit(uniqueName('maker'), await situation.topic('any', 1), new Map([[0, 0n]]));
  const names = async (internal: boolean) =>
    (await broker.inspector.destinations({names: everything, internal}, soon())).items.map(({name}) => name);
  expect(await names(false)).not.toContain('__consumer_offsets');
  expect(await names(true)).toContain('__consumer_offsets');
  expect((await depth('__consumer_offsets')).internal).toBe(true);
});

test('what does not exist is left out', async () => {
  const filter = {names: named('no-such-topic'), internal: false};
  expect((await broker.inspector.destinations(filter, soon())).items).toEqual([]);
  expect((await broker.inspector.subscriptions({...all, names: named('no-such-group')}, soon())).items).toEqual([]);
  await expect(broker.inspector.describe('no-such-topic', soon())).rejects.toMatchObject({kind: 'notFound'});
});

test('lag, lost and past the end, of two groups on one topic', async () => {
  const topic = await situation.topic('lag', 4);
  await situation.fill(topic, [100, 100, 100, 100]);
  const [one, other] = [uniqueName('one'), uniqueName('other')];
  await situation.commit(
    one,
    topic,
    new Map([
      [0, 40n],
      [1, 40n],
      [2, 100n],
      [3, 150n],
    ]),
  );
  await situation.commit(other, topic, new Map([[0, 90n]]));
  await situation.cut(topic, 1, 70n);
  const subscription = await lag(one);
  expect(subscription).toMatchObject({kind: 'classic', brokerState: 'Empty', members: 0, internal: false});
  expect(subscription.progress.map(numbers)).toEqual([
    {partition: '0', position: '40', first: '0', end: '100', lag: 60, lost: 0, flags: []},
    {partition: '1', position: '40', first: '70', end: '100', lag: 30, lost: 30, flags: ['lost']},
    {partition: '2', position: '100', first: '0', end: '100', lag: 0, lost: 0, flags: []},
    {partition: '3', position: '150', first: '0', end: '100', lag: 0, lost: 0, flags: ['pastEnd']},
  ]);
  expect((await lag(other)).progress.map(numbers)).toEqual([
    {partition: '0', position: '90', first: '0', end: '100', lag: 10, lost: 0, flags: []},
  ]);
  const listed = await broker.inspector.subscriptions(all, soon());
  const find = (group: string) => listed.items.find(({name}) => name === group)?.progress.map(({lag: value}) => value);
  expect([find(one), find(other)]).toEqual([[60, 30, 0, 0], [10]]);
  const elsewhere = await broker.inspector.subscriptions(
    {...all, names: named(one), destinations: named('another')},
    soon(),
  );
  expect(elsewhere.items).toEqual([]);
});

test("a placeholder that kafkajs's reset commits is no cursor", async () => {
  const topic = await situation.topic('placeholder', 2);
  await situation.fill(topic, [10, 10]);
  const group = uniqueName('reset');
  await situation.commit(
    group,
    topic,
    new Map([
      [0, -2n],
      [1, 3n],
    ]),
  );
  const [reset, moved] = (await lag(group)).progress;
  expect(reset && numbers(reset)).toMatchObject({position: null, lag: 10, flags: ['noCursor']});
  expect(moved?.lag).toBe(7);
});

test('a member without a commit has a line for each of its partitions', async () => {
  const topic = await situation.topic('assigned', 3);
  await situation.fill(topic, [4, 4, 4]);
  const groupId = uniqueName('classic');
  const consumer = situation.kafka.consumer({groupId});
  await consumer.connect();
  situation.onClose(() => consumer.disconnect());
  await consumer.subscribe({topics: [topic], fromBeginning: false});
  await consumer.run({autoCommit: false, eachMessage: () => Promise.resolve()});
  await until(async () => (await lag(groupId)).brokerState === 'Stable');
  const {kind, members, progress} = await lag(groupId);
  expect({kind, members}).toEqual({kind: 'classic', members: 1});
  expect(
    progress.map(({partition, member, lag: value, position, flags}) => [partition, member, value, position, flags]),
  ).toEqual(['0', '1', '2'].map(partition => [partition, 'situation@127.0.0.1', 4, null, ['noCursor']]));
});

test('a group of the newer protocol is told apart, with its members', async () => {
  const topic = await situation.topic('kip848', 2);
  await situation.fill(topic, [10, 10]);
  const group = uniqueName('kip848');
  const joined = await situation.join('consumer', group, topic);
  await situation.commit(group, topic, new Map([[0, 4n]]), joined);
  await until(async () => (await lag(group)).brokerState === 'Stable');
  const {kind, members, progress} = await lag(group);
  expect({kind, members}).toEqual({kind: 'consumer', members: 1});
  expect(progress.map(({position, lag: value, member}) => [position, value, member])).toEqual([
    ['4', 6, 'brokerctl@127.0.0.1'],
    [null, 10, 'brokerctl@127.0.0.1'],
  ]);
  const listed = await broker.inspector.subscriptions(all, soon());
  expect(listed.items.find(({name}) => name === group)).toMatchObject({
    kind: 'consumer',
    brokerState: 'Stable',
    members: 1,
  });
});

test('a share group is told apart, and shows no count before it has read', async () => {
  const topic = await situation.topic('share', 1);
  await situation.fill(topic, [10]);
  const group = uniqueName('share');
  await situation.join('share', group, topic);
  const {kind, brokerState, members, progress} = await lag(group);
  expect({kind, brokerState, members}).toEqual({kind: 'share', brokerState: 'Stable', members: 1});
  expect(progress.map(numbers)).toEqual([
    {partition: '0', position: null, first: '0', end: '10', lag: null, lost: null, flags: ['noCursor']},
  ]);
});

test('open and aborted transactions: the end is the high watermark, and the flag says what it holds back', async () => {
  const topic = await situation.topic('txn', 1);
  await situation.transaction(topic, 5, 'commit');
  await situation.transaction(topic, 3, 'abort');
  const transactionalId = await situation.transaction(topic, 4, 'stay open');
  const group = uniqueName('txn-group');
  await situation.commit(group, topic, new Map([[0, 6n]]));
  // The broker moves the last stable offset past a marker a moment after the transaction has ended.
  await expect
    .poll(async () => (await lag(group)).progress[0]?.caveat, {timeout: 10_000})
    .toContain('holds 4 offsets back');
  const [line] = (await lag(group)).progress;
  // 5 messages and a marker, 3 aborted and a marker, 4 open
  expect(line && numbers(line)).toEqual({
    partition: '0',
    position: '6',
    first: '0',
    end: '14',
    lag: 8,
    lost: 0,
    flags: ['openTransaction'],
  });
  expect(line?.exact).toBe(false);
  expect((await depth(topic)).partitions[0]?.depth).toMatchObject({messages: 14, exact: false});
  const {facts, record} = await broker.inspector.describe(topic, soon());
  expect(facts.find(({section}) => section === 'open transactions')?.value).toContain(transactionalId);
  expect(record).toMatchObject({openTransactions: [{transactionalId, firstOffset: '10', partition: 0}]});
});

test('partitions without a commit and without a member are named with what they hold, and are in no lag', async () => {
  const topic = await situation.topic('partly', 4);
  await situation.fill(topic, [5, 7, 0, 9]);
  await situation.cut(topic, 3, 4n);
  const [partly, all0, whole] = [uniqueName('partly'), uniqueName('empty-rest'), uniqueName('whole')];
  await situation.commit(partly, topic, new Map([[0, 2n]]));
  await situation.commit(all0, topic, new Map([0, 1, 3].map(partition => [partition, 0n])));
  await situation.commit(whole, topic, new Map([0, 1, 2, 3].map(partition => [partition, 0n])));
  const filter = {...all, destinations: named(topic)};
  const {items, warnings} = await broker.inspector.subscriptions(filter, soon());
  expect(
    items.find(({name}) => name === partly)?.progress.map(({partition, lag: unread}) => [partition, unread]),
  ).toEqual([['0', 3]]);
  expect(warnings.filter(({code}) => code === 'uncommittedPartitions')).toEqual([
    {
      code: 'uncommittedPartitions',
      message: `"${partly}" has no commit and no member in 3 partitions of "${topic}", which hold 12 messages: not in its lag`,
    },
  ]);
});

test('describe shows set configs and replicas, and leaves counts and groups to the figures', async () => {
  const topic = await situation.topic('described', 2, {'max.message.bytes': '2000000'});
  await situation.fill(topic, [3, 0]);
  await situation.commit(uniqueName('reader'), topic, new Map([[0, 1n]]));
  const {destination, facts, record} = await broker.inspector.describe(topic, soon());
  expect(destination.partitions.map(({depth: {messages}}) => messages)).toEqual([3, 0]);
  const fact = (section: string, name: string) =>
    facts.find(one => one.section === section && one.name === name)?.value;
  expect(fact('configs', 'max.message.bytes')).toBe('2000000');
  expect(facts.filter(({section}) => section === 'configs')).toHaveLength(1);
  expect(fact('partitions', '1')).toBe('leader 1, replicas 1, in sync 1');
  expect(fact('topic', 'replication factor')).toBe('1');
  expect(new Set(facts.map(({section}) => section))).toEqual(new Set(['topic', 'configs', 'partitions']));
  expect(fact('topic', 'partitions')).toBeUndefined();
  expect(JSON.parse(JSON.stringify(record))).toMatchObject({configs: {'max.message.bytes': '2000000'}});
});

test('a topic that stamps messages itself cannot keep their time', async () => {
  const stamped = await situation.topic('stamped', 1, {'message.timestamp.type': 'LogAppendTime'});
  const plain = await situation.topic('plain', 1);
  const level = async (topic: string) =>
    (await broker.inspector.describe(topic, soon())).capabilities['write.timestamp'].level;
  expect([await level(stamped), await level(plain)]).toEqual(['none', broker.capabilities['write.timestamp'].level]);
});

test('fifty partitions, and no more requests for them than for one', async () => {
  const topic = await situation.topic('fifty', 50);
  await situation.fill(
    topic,
    Array.from({length: 50}, (_, partition) => partition),
  );
  const group = uniqueName('fifty');
  await situation.commit(group, topic, new Map(Array.from({length: 50}, (_, partition) => [partition, 0n])));
  trace.length = 0;
  const {progress} = await lag(group);
  expect(progress.map(({lag: value}) => value)).toEqual(Array.from({length: 50}, (_, partition) => partition));
  const apis = trace.map(line => /^kafka (\w+) v/.exec(line)?.[1]).sort();
  expect(apis.filter(name => name !== 'ListOffsets')).toEqual([
    'ConsumerGroupDescribe',
    'DescribeConfigs',
    'DescribeGroups',
    'FindCoordinator',
    'Metadata',
    'OffsetFetch',
    'ShareGroupDescribe',
  ]);
  expect(apis.length).toBeLessThanOrEqual(10);
});

test('dead letters: by the context, by names, and by the config of a share group', async () => {
  const source = await situation.topic('orders', 1);
  for (const topic of [`${source}-dlt`, `error.${source}.billing`, `parked-${source}`, `dlq.${source}.x`]) {
    await createTopics(situation.admin, [{topic, numPartitions: 1}]);
  }
  await situation.config(2, `dlq.${source}.x`, 'errors.deadletterqueue.group.enable', 'true');
  const group = uniqueName('share-dlq');
  await situation.config(32, group, 'errors.deadletterqueue.topic.name', `dlq.${source}.x`);
  await situation.join('share', group, source);
  const hinted = await situation.driver({deadLetters: [{source, destination: `parked-${source}*`}]});
  const {items} = await hinted.inspector.deadLetters(soon());
  expect(items.filter(route => route.destination.includes(source))).toEqual([
    expect.objectContaining({subscription: group, destination: `dlq.${source}.x`, foundBy: 'group config'}),
    {source, subscription: null, destination: `error.${source}.billing`, foundBy: 'name error.'},
    {source, subscription: null, destination: `${source}-dlt`, foundBy: 'name -dlt'},
    {source, subscription: null, destination: `parked-${source}`, foundBy: 'context'},
  ]);
});

test('the age of the first unread message, of two groups in one partition', async () => {
  const topic = await situation.topic('ages', 3);
  const times = [3_600_000, 60_000, -600_000].map(agoMs => Date.now() - agoMs);
  const producer = situation.kafka.producer({idempotent: true});
  await producer.connect();
  for (const partition of [0, 1]) {
    const messages = times.map((time, index) => ({partition, value: `value ${index}`, timestamp: String(time)}));
    await producer.send({topic, messages});
  }
  await producer.disconnect();
  const at = (partition: string | null, position: string | null, subscription: string | null = 'group') => ({
    destination: topic,
    partition,
    subscription,
    position,
  });
  const asked = [
    at('0', '0'),
    at('0', '1', 'another'),
    at('1', null),
    at('1', '2'),
    at('1', '3'),
    at('2', null),
    at('7', '0'),
    at(null, null),
  ];
  const {items} = await broker.inspector.ages(asked, soon());
  expect(items.map(({of}) => of)).toEqual(asked);
  expect(items.map(({oldest}) => oldest?.getTime() ?? null)).toEqual([
    times[0],
    times[1],
    times[0],
    times[2],
    null,
    null,
    null,
    times[0],
  ]);
  const [hour, minute, , future, end, empty, missing] = items;
  expect(hour?.seconds).toBeGreaterThanOrEqual(3600);
  expect(minute?.seconds).toBeLessThan(3600);
  expect(future).toMatchObject({seconds: 0, exact: false, caveat: expect.stringContaining('in the future') as string});
  expect(end).toMatchObject({seconds: 0, exact: true});
  expect(empty).toMatchObject({seconds: 0, exact: true});
  expect(missing).toMatchObject({seconds: null, problem: 'the partition does not exist any more'});
});

test('aborted messages and markers have no age', async () => {
  const topic = await situation.topic('aborted', 1);
  await situation.transaction(topic, 2000, 'abort');
  const unread = {destination: topic, partition: '0', subscription: null, position: '0'};
  expect((await broker.inspector.ages([unread], soon())).items).toMatchObject([{seconds: 0, oldest: null}]);
  await situation.transaction(topic, 1, 'commit');
  const [age] = (await broker.inspector.ages([unread], soon())).items;
  expect(age?.oldest).not.toBeNull();
});

test('an aborted call stops at once and leaves the connection usable', async () => {
  const controller = new AbortController();
  const asked = broker.inspector.subscriptions(all, controller.signal);
  controller.abort();
  await expect(asked).rejects.toMatchObject({kind: 'interrupted'});
  expect((await broker.inspector.subscriptions(all, soon())).items.length).toBeGreaterThan(0);
});
