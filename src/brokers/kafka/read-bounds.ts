import {noDestination} from '../errors.ts';
import type {ReadRange} from '../port.ts';
import {Failure} from '../../model/failure.ts';
import type {Position} from '../../model/position.ts';
import type {Target} from '../../model/target.ts';
import {logOffsets} from './log-offsets.ts';
import type {LogOffset} from './log-offsets.ts';
import type {PartitionTable} from './partition-table.ts';
import type {Cluster} from './wire/cluster.ts';
import {code, failureOf} from './wire/error-codes.ts';
import {offsetAt} from './wire/list-offsets.ts';
import type {TopicMetadata} from './wire/metadata.ts';

/** Where one partition's read begins and ends, fixed when the read starts; or why that cannot be told. */
export type Bounds =
  | {
      readonly partition: number;
      /** The first offset to show: held by the partition, or after its end. */
      readonly from: bigint;
      /** Where to fetch first: `from`, or the end where that is before it. */
      readonly start: bigint;
      /** The offset that was asked for by number and is not held any more: the read begins after it, at `from`. */
      readonly removedFrom: bigint | null;
      /** The first offset not to show; `null` when following. */
      readonly end: bigint | null;
      readonly problem?: undefined;
    }
  | {readonly partition: number; readonly problem: string};

/**
 * The bounds of a range in each of its partitions, in their order. The end of a partition is its last stable offset: what an
 * open transaction has written is not there yet.
 * @throws {Failure} `notFound`, `denied`, `usage`
 */
export async function readBounds(
  cluster: Cluster,
  target: Target,
  range: ReadRange,
  signal: AbortSignal,
): Promise<{topic: TopicMetadata; bounds: readonly Bounds[]}> {
  const topic = await existingTopic(cluster, target, range.destination, 'read', signal);
  const partitions = wanted(topic, range.partitions);
  const asked = {...topic, partitions: topic.partitions.filter(({partition}) => partitions.includes(partition))};
  const fromOf = (partition: number) => range.fromEach?.get(String(partition)) ?? range.from;
  const ask = (at: bigint | ((topic: string, partition: number) => bigint | null)) =>
    logOffsets(cluster, [asked], {at, readCommitted: true}, signal);
  const [firsts, ends, fromTimes, untilTimes] = await Promise.all([
    ask(offsetAt.earliest),
    ask(offsetAt.latest),
    ask((_, partition) => timeOf(fromOf(partition))),
    ask(timeOf(range.until) ?? (() => null)),
  ]);
  const bounds = partitions.map((partition): Bounds => {
    const pick = (table: PartitionTable<LogOffset>) => table.get(topic.name, partition);
    const [first, end, fromTime, untilTime] = [pick(firsts), pick(ends), pick(fromTimes), pick(untilTimes)];
    const problem = [first, end, fromTime, untilTime].find(one => one?.problem !== undefined)?.problem;
    if (problem !== undefined) return {partition, problem};
    if (first?.problem !== undefined || end?.problem !== undefined || !first || !end) {
      return {partition, problem: 'the broker did not tell its offsets'};
    }
    const log = {first: first.offset, end: end.offset};
    const place = fromOf(partition);
    const asked = offsetOf(place, {...log, time: offsetIn(fromTime)});
    const from = asked < log.first ? log.first : asked;
    const byNumber = place.at === 'offset' || place.at === 'native';
    const until = offsetOf(range.until, {...log, time: offsetIn(untilTime)});
    return {
      partition,
      from,
      start: from > log.end ? log.end : from,
      removedFrom: byNumber && asked < from ? asked : null,
      end: range.follow ? null : until > log.end ? log.end : until,
    };
  });
  return {topic, bounds};
}

/** A topic's metadata; asking for it creates nothing. @throws {Failure} `notFound`, `denied` */
export async function existingTopic(
  cluster: Cluster,
  target: Target,
  name: string,
  doing: 'read' | 'write to',
  signal: AbortSignal,
): Promise<TopicMetadata> {
  const [topic] = await cluster.metadata([name], signal);
  const error = topic?.error ?? code.unknownTopicOrPartition;
  if (!topic || error === code.unknownTopicOrPartition || error === code.invalidTopic) {
    throw noDestination(target, 'topic', name);
  }
  // A partition without a leader is its own problem, and not the topic's.
  if (error !== code.none && error !== code.leaderNotAvailable) {
    throw failureOf(error, `Could not ${doing} topic "${name}"`);
  }
  return {...topic, partitions: [...topic.partitions].sort((one, other) => one.partition - other.partition)};
}

function wanted(topic: TopicMetadata, names: readonly string[] | undefined): readonly number[] {
  const all = topic.partitions.map(({partition}) => partition);
  return names ? all.filter(partition => checked(names, topic).has(String(partition))) : all;
}

function checked(names: readonly string[], topic: TopicMetadata): ReadonlySet<string> {
  const missing = names.find(name => !topic.partitions.some(({partition}) => String(partition) === name));
  if (missing === undefined) return new Set(names);
  throw new Failure('notFound', `Topic "${topic.name}" has no partition "${missing}"`, {
    hints: [`It has ${topic.partitions.length}, from 0 on: brokerctl describe ${topic.name}`],
  });
}

function timeOf(position: Position): bigint | null {
  return position.at === 'time' ? BigInt(position.time.getTime()) : null;
}

function offsetIn(answer: LogOffset | undefined): bigint {
  return answer && answer.problem === undefined ? answer.offset : -1n;
}

function offsetOf(
  position: Position,
  {first, end, time}: {readonly first: bigint; readonly end: bigint; readonly time: bigint},
): bigint {
  switch (position.at) {
    case 'earliest':
      return first;
    case 'latest':
      return end;
    case 'offset':
      return position.offset;
    case 'time':
      return time < 0n ? end : time;
    case 'shift': {
      const place = position.by < 0n ? end + position.by : first + position.by;
      return place < first ? first : place > end ? end : place;
    }
    case 'native':
      return parseToken(position.token);
  }
}

function parseToken(token: string): bigint {
  if (/^\d{1,19}$/.test(token)) return BigInt(token);
  throw new Failure('usage', `"${token}" is not a Kafka offset`, {
    hints: ['A position of Kafka is a number, such as native:4711.'],
  });
}
