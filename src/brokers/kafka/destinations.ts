import type {Filter, Listing} from '../port.ts';
import type {Depth} from '../../model/depth.ts';
import type {Destination, Partition, Retention} from '../../model/destination.ts';
import {leaderBytes} from './leader-bytes.ts';
import {logOffsets} from './log-offsets.ts';
import type {LogOffset} from './log-offsets.ts';
import type {PartitionTable} from './partition-table.ts';
import {retentions} from './retentions.ts';
import {isInternal, isWanted, topicsNamed} from './topics.ts';
import type {Cluster} from './wire/cluster.ts';
import {code, problemOf} from './wire/error-codes.ts';
import {offsetAt} from './wire/list-offsets.ts';
import type {PartitionMetadata, TopicMetadata} from './wire/metadata.ts';

/**
 * Depth, bytes and retention of topics. One metadata and one config request, and to each leader two of offsets and one of
 * log dirs, whatever the number of topics.
 */
export async function destinations(
  cluster: Cluster,
  filter: Filter,
  signal: AbortSignal,
): Promise<Listing<Destination>> {
  const {topics, transactions} = await topicsNamed(cluster, filter.names.exact, signal);
  const wanted = topics.filter(({name, internal}) => isWanted(filter, name, isInternal(name, internal)));
  const readable = wanted.filter(({error}) => error === code.none);
  const [first, end, size, retention] = await Promise.all([
    logOffsets(cluster, readable, {at: offsetAt.earliest}, signal),
    logOffsets(cluster, readable, {at: offsetAt.latest}, signal),
    leaderBytes(cluster, readable, signal),
    retentions(
      cluster,
      readable.map(({name}) => name),
      signal,
    ),
  ]);
  const facts = {first, end, bytes: size.bytes, transactions, asOf: new Date()};
  return {
    items: wanted.map(topic => destinationOf(topic, facts, retention.byTopic.get(topic.name) ?? {})),
    warnings: [...size.warnings, ...retention.warnings],
  };
}

interface Facts {
  readonly first: PartitionTable<LogOffset>;
  readonly end: PartitionTable<LogOffset>;
  readonly bytes: PartitionTable<number>;
  readonly transactions: boolean;
  readonly asOf: Date;
}

function destinationOf(topic: TopicMetadata, facts: Facts, retention: Retention): Destination {
  const caveat = offsetsCaveat(retention, facts.transactions);
  const nothing: Depth = {...measured(facts.asOf, caveat), ...unknown, messages: null, bytes: null};
  const partitions =
    topic.error === code.none
      ? [...topic.partitions]
          .sort((one, other) => one.partition - other.partition)
          .map(partition => partitionOf(topic.name, partition, facts, nothing))
      : [{id: null, depth: nothing, first: null, last: null, leader: null, problem: problemOf(topic.error)}];
  return {name: topic.name, kind: 'topic', internal: isInternal(topic.name, topic.internal), partitions, retention};
}

function partitionOf(topic: string, at: PartitionMetadata, facts: Facts, nothing: Depth): Partition {
  const id = String(at.partition);
  const leader = at.leader < 0 ? null : String(at.leader);
  const bytes = facts.bytes.get(topic, at.partition) ?? null;
  const first = facts.first.get(topic, at.partition) ?? {problem: 'the leader did not answer for it'};
  const end = facts.end.get(topic, at.partition) ?? {problem: 'the leader did not answer for it'};
  const problem = first.problem ?? end.problem;
  if (first.problem !== undefined || end.problem !== undefined) {
    const depth = {...nothing, exact: false, bytes};
    return {id, depth, first: null, last: null, leader, ...(problem !== undefined && {problem})};
  }
  const empty = end.offset <= first.offset;
  return {
    id,
    depth: {...nothing, messages: empty ? 0 : Number(end.offset - first.offset), bytes},
    first: empty ? null : String(first.offset),
    last: empty ? null : String(end.offset - 1n),
    leader,
  };
}

/** A log has no ready or in flight of its own. */
const unknown = {ready: null, inFlight: null, scheduled: null};

function measured(asOf: Date, caveat: string | null): {method: string; exact: boolean; asOf: Date; caveat?: string} {
  return {method: 'log offsets', exact: caveat === null, asOf, ...(caveat !== null && {caveat})};
}

/** Why a difference of offsets may be more than the messages between them; `null` when it is not. */
export function offsetsCaveat(retention: Retention, transactions: boolean): string | null {
  if (retention.policy === 'compact' || retention.policy === 'compact-delete')
    return 'an upper bound: compaction removes messages and leaves their offsets';
  if (retention.policy === undefined) return 'an upper bound: whether the topic is compacted is not known';
  return transactions
    ? 'an upper bound: transaction markers and aborted messages count, in a cluster that has transactions'
    : null;
}
