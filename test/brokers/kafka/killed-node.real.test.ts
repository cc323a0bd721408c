import {afterAll, beforeAll, expect, test} from 'vitest';
import type {Broker} from '../../../src/brokers/port.ts';
import {kafkaCluster, killKafkaNode, restartKafkaClusterNode, uniqueName} from '../real.ts';
import {Situation, all, named, soon, until} from './situation.ts';

/*
 * One node of three is killed. What has other replicas moves; what was only there has no leader: it is shown with the reason
 * and is not summed away.
 */

const situation = new Situation(kafkaCluster());
const victim = 3;
let driver: Broker;
let single: string;
let safe: string;
let group: string;
let killed = false;

beforeAll(async () => {
  await situation.admin.connect();
  driver = await situation.driver({timeoutMs: 5000});
  single = uniqueName('single');
  const assignment = [1, 2, 3].map((node, partition) => ({partition, replicas: [node]}));
  await situation.admin.createTopics({topics: [{topic: single, replicaAssignment: assignment}], waitForLeaders: true});
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

test('a killed node that comes back is measured again, on the connection that was open all along', async () => {
  await restartKafkaClusterNode(victim);
  killed = false;
  await until(async () => !(await depths())[single]?.includes('problem'));
  expect(await depths()).toEqual({[safe]: [10, 20, 30], [single]: [10, 20, 30]});
});
