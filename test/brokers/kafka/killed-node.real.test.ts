import {afterAll, beforeAll, expect, test} from 'vitest';
import type {Batch, Broker, Outcome} from '../../../src/brokers/port.ts';
import type {OutgoingMessage} from '../../../src/model/message.ts';
import {kafkaCluster, killKafkaNode, restartKafkaClusterNode, uniqueName} from '../real.ts';
import {Situation, all, named, soon, until} from './situation.ts';
import {createTopics} from './create-topics.ts';

/*
 * One node of three is killed. What has other replicas moves; what was only there has no leader: it is shown with the reason
 * and is not summed away.
 */

const situation = new Situation(kafkaCluster());
const victim = 3;
const limits = {batchMessages: 500, batchBytes: 1_000_000, messages: null};
let driver: Broker;
let single: string;
let safe: string;
let pair: string;
let group: string;
let killed = false;

beforeAll(async () => {
  await situation.admin.connect();
  driver = await situation.driver({timeoutMs: 5000});
  single = uniqueName('single');
  const assignment = [1, 2, 3].map((node, partition) => ({partition, replicas: [node]}));
  await createTopics(situation.admin, [{topic: single, replicaAssignment: assignment}]);
  pair = uniqueName('pair');
  const both = [{name: 'min.insync.replicas', value: '2'}];
  const onTwo = [{partition: 0, replicas: [1, victim]}];
  const topics = [{topic: pair, replicaAssignment: onTwo, configEntries: both}];
  await createTopics(situation.admin, topics);
  safe = await situation.topic('safe', 3);
  await situation.fill(single, [10, 20, 30]);
  await situation.fill(safe, [10, 20, 30]);
  group = uniqueName('group');
  const offsets = new Map([0, 1, 2].map(partition => [partition, 5n]));
  await situation.commit(group, single, offsets);
  await situation.commit(group, safe, offsets);
});

afterAll(async () => {
  if (killed) await restartKafkaClusterNode(victim);
  await situation[Symbol.asyncDispose]();
});

async function depths(): Promise<Record<string, readonly (number | null | string)[]>> {
  const {items} = await driver.inspector.destinations({names: named(safe, single), internal: false}, soon());
  return Object.fromEntries(
    items.map(({name, partitions}) => [
      name,
      partitions.map(({depth, problem}) => (problem === undefined ? depth.messages : 'problem')),
    ]),
  );
}

async function lags(filter = all): Promise<readonly (readonly [string, string | null, number | null | string])[]> {
  const {items} = await driver.inspector.subscriptions(filter, soon());
  const lines = items.find(({name}) => name === group)?.progress ?? [];
  return lines.map(one => [one.destination, one.partition, one.problem === undefined ? one.lag : 'problem'] as const);
}

const expectedLags = (dead: string | number) =>
  [safe, single]
    .sort()
    .flatMap(topic => [5, 15, topic === single ? dead : 25].map((lag, partition) => [topic, String(partition), lag]));

test('all is well before', async () => {
  expect(await depths()).toEqual({[safe]: [10, 20, 30], [single]: [10, 20, 30]});
  expect(await lags()).toEqual(expectedLags(25));
});

test('after a node was killed only the partition without another replica cannot be measured', async () => {
  await killKafkaNode(victim);
  killed = true;
  // Until the controller has noticed, other partitions of the node are as unmeasurable as this one.
  await until(async () => {
    const {[safe]: moved = [], [single]: stuck = []} = await depths();
    return !moved.includes('problem') && stuck.includes('problem');
  });
  expect(await depths()).toEqual({[safe]: [10, 20, 30], [single]: [10, 20, 'problem']});
  await until(async () => (await lags()).length === 6);
  expect(await lags()).toEqual(expectedLags('problem'));
  expect(await lags({...all, names: named(group)})).toEqual(expectedLags('problem'));
  const {destination, facts} = await driver.inspector.describe(single, soon());
  expect(destination.partitions[2]).toMatchObject({
    depth: {messages: null},
    leader: null,
    problem: expect.stringContaining('LEADER_NOT_AVAILABLE') as string,
  });
  expect(facts).toContainEqual({
    section: 'partitions',
    name: '2',
    value: `leader none, replicas ${victim}, in sync none`,
  });
  const unread = {destination: single, partition: '2', subscription: group, position: '5'};
  expect((await driver.inspector.ages([unread], soon())).items).toMatchObject([
    {seconds: null, problem: expect.stringContaining('LEADER_NOT_AVAILABLE') as string},
  ]);
});

test('what has a leader is read and written, and the rest says why not', async () => {
  const hasty = await situation.driver({timeoutMs: 3000});
  const batches = await read(hasty, single);
  expect(batches.flatMap(({messages}) => messages)).toHaveLength(30);
  expect(batches.filter(({problem}) => problem)).toMatchObject([
    {partition: '2', next: null, problem: {kind: 'tryAgain', broker: expect.stringContaining('leader') as string}},
  ]);
  const spread = ['0', '2', '1'].map(partition => outgoing('late', partition));
  expect(await write(hasty, single, spread)).toMatchObject([
    {status: 'done', partition: '0', position: '10'},
    {status: 'failed', failure: {kind: 'tryAgain'}},
    {status: 'done', partition: '1', position: '20'},
  ]);
  const tooFew = {kind: 'tryAgain', broker: expect.stringContaining('NOT_ENOUGH_REPLICAS') as string};
  expect(await write(hasty, pair, [outgoing('a', '0')])).toMatchObject([{status: 'failed', failure: tooFew}]);
});

test('a killed node that comes back is measured again, on the connection that was open all along', async () => {
  await restartKafkaClusterNode(victim);
  killed = false;
  await until(async () => !(await depths())[single]?.includes('problem'));
  expect(await depths()).toEqual({[safe]: [10, 20, 30], [single]: [11, 21, 30]});
});

test('writing and following go on at the new leader: nothing is lost, nothing comes twice', async () => {
  const topic = await situation.topic('moving', 3);
  const patient = await situation.driver({timeoutMs: 30_000});
  const seen: string[] = [];
  const range = {destination: topic, from: {at: 'earliest'}, until: {at: 'latest'}, follow: true} as const;
  const following = (async () => {
    for await (const {messages, problem} of patient.reader?.read(range, limits, soon()) ?? []) {
      expect(problem).toBeUndefined();
      seen.push(...messages.map(({body}) => String(body)));
      if (seen.length >= 900) return;
    }
  })();
  await using session = await patient.writer?.open(topic, {}, soon());
  const sent: string[] = [];
  for (let turn = 0; turn < 30; turn++) {
    const bodies = Array.from({length: 30}, (_, index) => `m${turn * 30 + index}`);
    if (turn === 5) {
      await killKafkaNode(victim);
      killed = true;
    }
    const batch = bodies.map((body, index) => outgoing(body, String(index % 3)));
    expect((await session?.send(batch, soon()))?.filter(({status}) => status !== 'done')).toEqual([]);
    sent.push(...bodies);
  }
  await following;
  expect(seen.sort()).toEqual(sent.sort());
  expect((await read(patient, topic)).flatMap(({messages}) => messages)).toHaveLength(900);
});

function outgoing(body: string, partition: string): OutgoingMessage {
  return {partition, key: null, headers: [], body: Buffer.from(body), timestamp: null, id: null};
}

async function read(by: Broker, destination: string): Promise<Batch[]> {
  const range = {destination, from: {at: 'earliest'}, until: {at: 'latest'}, follow: false} as const;
  const batches: Batch[] = [];
  for await (const batch of by.reader?.read(range, limits, soon()) ?? []) batches.push(batch);
  return batches;
}

async function write(by: Broker, topic: string, batch: readonly OutgoingMessage[]): Promise<readonly Outcome[]> {
  if (!by.writer) throw new Error('no writer');
  await using session = await by.writer.open(topic, {}, soon());
  return await session.send(batch, soon());
}
