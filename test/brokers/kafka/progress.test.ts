import {expect, test} from 'vitest';
import type {GroupReading} from '../../../src/brokers/kafka/group-reading.ts';
import {PartitionTable} from '../../../src/brokers/kafka/partition-table.ts';
import {progressOf} from '../../../src/brokers/kafka/progress.ts';
import type {LogFacts} from '../../../src/brokers/kafka/progress.ts';
import type {LogOffset} from '../../../src/brokers/kafka/log-offsets.ts';
import type {TopicMetadata} from '../../../src/brokers/kafka/wire/metadata.ts';

function table<T>(...rows: readonly (readonly [string, number, T])[]): PartitionTable<T> {
  const filled = new PartitionTable<T>();
  for (const row of rows) filled.set(...row);
  return filled;
}

const at = (offset: bigint): LogOffset => ({offset, timestamp: -1n});
const topic = (name: string, error = 0): [string, TopicMetadata] => [
  name,
  {name, id: null, error, internal: false, partitions: []},
];
const dead = {problem: 'LEADER_NOT_AVAILABLE'};

const logs: LogFacts = {
  topics: new Map([topic('orders'), topic('secret', 29)]),
  first: table(['orders', 0, at(10n)], ['orders', 1, at(0n)], ['orders', 2, dead]),
  end: table(['orders', 0, at(100n)], ['orders', 1, at(50n)], ['orders', 2, dead]),
  stable: table(['orders', 0, at(100n)], ['orders', 1, at(45n)]),
  retention: new Map([['orders', {policy: 'delete'}]]),
  transactions: true,
  asOf: new Date(0),
};

function reading(parts: Partial<GroupReading>): GroupReading {
  const group = {name: 'billing', kind: 'classic', state: 'Stable', node: 1};
  return {group, described: null, committed: null, share: null, problem: null, ...parts};
}

const committed = (...rows: [string, number, bigint, number?][]) => ({
  offsets: table(...rows.map(([name, partition, offset, error = 0]) => [name, partition, {offset, error}] as const)),
  error: 0,
});

const lines = (of: GroupReading) => progressOf(of, () => true, logs);

test('a dead partition, a deleted topic, a missing partition, a missing right and a failed commit are lines with their problem', () => {
  const group = reading({
    committed: committed(
      ['orders', 0, 40n],
      ['orders', 1, 7n, 30],
      ['orders', 2, 5n],
      ['orders', 9, 5n],
      ['gone', 0, 5n],
      ['secret', 0, 5n],
    ),
  });
  expect(
    lines(group).map(one => [one.destination, one.partition, one.position, one.lag, one.problem?.slice(0, 20)]),
  ).toEqual([
    ['gone', '0', '5', null, 'the topic does not e'],
    ['orders', '0', '40', 60, undefined],
    ['orders', '1', null, null, 'GROUP_AUTHORIZATION_'],
    ['orders', '2', '5', null, 'LEADER_NOT_AVAILABLE'],
    ['orders', '9', '5', null, 'the partition does n'],
    ['secret', '0', '5', null, 'TOPIC_AUTHORIZATION_'],
  ]);
});

test('an end held back by an open transaction is flagged, and the lag is not made smaller by it', () => {
  const [line] = lines(reading({committed: committed(['orders', 1, 44n])}));
  expect(line).toMatchObject({lag: 6, end: '50', flags: ['openTransaction'], exact: false});
  expect(line?.caveat).toContain('holds 5 offsets back');
});

test('members of a share group read a partition together', () => {
  const member = (clientId: string) => ({
    id: clientId,
    clientId,
    host: '/10.0.0.1',
    assigned: [{name: 'orders', partitions: [0]}],
  });
  const described = {group: 'billing', error: 0, message: null, state: 'Stable', members: [member('a'), member('b')]};
  const group = {name: 'billing', kind: 'share', state: 'Stable', node: 1};
  const one = (start: bigint, lag: bigint | null) => ({
    offsets: table(['orders', 0, {partition: 0, start, lag, error: 0, message: null}]),
    error: 0,
    message: null,
  });
  const of = (start: bigint, lag: bigint | null) => lines(reading({group, described, share: one(start, lag)}))[0];
  expect(of(20n, 33n)).toMatchObject({
    member: 'a@10.0.0.1, b@10.0.0.1',
    position: '20',
    lag: 33,
    exact: false,
    flags: [],
  });
  expect(of(20n, null)).toMatchObject({lag: 80, exact: false});
  expect(of(20n, -1n)).toMatchObject({lag: 80, exact: false});
  expect(of(-1n, -1n)).toMatchObject({position: null, lag: null, flags: ['noCursor']});
  expect(of(4n, 90n)).toMatchObject({lost: 6, flags: ['lost']});
});

test('only the destinations asked for', () => {
  const group = reading({committed: committed(['orders', 0, 40n], ['gone', 0, 5n])});
  expect(progressOf(group, name => name === 'orders', logs).map(({destination}) => destination)).toEqual(['orders']);
});
