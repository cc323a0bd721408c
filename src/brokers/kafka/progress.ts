import type {Retention} from '../../model/destination.ts';
import {offsetLag} from '../../model/lag.ts';
import type {Progress, ProgressFlag} from '../../model/subscription.ts';
import {offsetsCaveat} from './destinations.ts';
import type {GroupReading} from './group-reading.ts';
import type {LogOffset} from './log-offsets.ts';
import {PartitionTable} from './partition-table.ts';
import type {ShareOffset} from './wire/describe-share-group-offsets.ts';
import {code, problemOf} from './wire/error-codes.ts';
import type {TopicMetadata} from './wire/metadata.ts';

/** What the logs tell of the topics that groups read. */
export interface LogFacts {
  readonly topics: ReadonlyMap<string, TopicMetadata>;
  readonly first: PartitionTable<LogOffset>;
  readonly end: PartitionTable<LogOffset>;
  /** Last stable offsets; `null` in a cluster without transactions. */
  readonly stable: PartitionTable<LogOffset> | null;
  readonly retention: ReadonlyMap<string, Retention>;
  readonly transactions: boolean;
  readonly asOf: Date;
}

/** A partition's place in a log, or why it is not known. */
type Place = {readonly first: bigint; readonly end: bigint; readonly stable: bigint} | {readonly problem: string};

/** A line for each partition with a cursor, and for each that a member is assigned, by topic and partition. */
export function progressOf(
  {group, described, committed, share}: GroupReading,
  wanted: (topic: string) => boolean,
  logs: LogFacts,
): readonly Progress[] {
  const members = new PartitionTable<string>();
  for (const {clientId, host, assigned} of described?.members ?? [])
    for (const {name, partitions} of assigned)
      for (const partition of partitions) {
        // A share group's members read the same partition together.
        const before = members.get(name, partition);
        const one = `${clientId}@${host.replace(/^\//, '')}`;
        members.set(name, partition, before === undefined ? one : `${before}, ${one}`);
      }
  const cursors = group.kind === 'share' ? share?.offsets : committed?.offsets;
  const topics = new Set([...(cursors?.topics() ?? []), ...members.topics()].filter(wanted));
  return [...topics].sort().flatMap(topic => {
    const numbers = new Set([...(cursors?.partitions(topic) ?? []), ...members.partitions(topic)].map(([n]) => n));
    return [...numbers]
      .sort((one, other) => one - other)
      .map((partition): Progress => {
        const line = lineOf(topic, partition, members.get(topic, partition) ?? null, logs);
        const place = placeOf(topic, partition, logs);
        return group.kind === 'share'
          ? shareLine(line, place, share?.offsets.get(topic, partition))
          : cursorLine(line, place, committed?.offsets.get(topic, partition));
      });
  });
}

function lineOf(topic: string, partition: number, member: string | null, logs: LogFacts): Progress {
  const caveat = offsetsCaveat(logs.retention.get(topic) ?? {}, logs.transactions);
  return {
    destination: topic,
    partition: String(partition),
    position: null,
    first: null,
    end: null,
    lag: null,
    lost: null,
    inFlight: null,
    redelivered: null,
    flags: [],
    member,
    method: 'committed offset',
    exact: caveat === null,
    asOf: logs.asOf,
    ...(caveat !== null && {caveat}),
  };
}

function placeOf(topic: string, partition: number, logs: LogFacts): Place {
  const known = logs.topics.get(topic);
  if (!known) return {problem: 'the topic does not exist any more'};
  if (known.error !== code.none) return {problem: problemOf(known.error)};
  const first = logs.first.get(topic, partition);
  const end = logs.end.get(topic, partition);
  if (!first || !end) return {problem: 'the partition does not exist any more'};
  if (first.problem !== undefined) return {problem: first.problem};
  if (end.problem !== undefined) return {problem: end.problem};
  const stable = logs.stable?.get(topic, partition);
  return {first: first.offset, end: end.offset, stable: stable && 'offset' in stable ? stable.offset : end.offset};
}

/** A group that commits offsets. The end is the high watermark: a lag is then never understated for any reader. */
function cursorLine(line: Progress, place: Place, committed: {offset: bigint; error: number} | undefined): Progress {
  if (committed && committed.error !== code.none) return failed(line, problemOf(committed.error));
  // kafkajs's own reset commits -1 and -2 in place of an offset; a reader then begins at the end or at the start.
  const cursor = committed && committed.offset >= 0n ? committed.offset : null;
  const position = cursor === null ? null : String(cursor);
  if ('problem' in place) return failed({...line, position}, place.problem);
  const {lag, lost, noCursor, pastEnd} = offsetLag({cursor, first: place.first, end: place.end});
  const open = place.stable < place.end;
  const flags: ProgressFlag[] = [];
  if (noCursor) flags.push('noCursor');
  if (pastEnd) flags.push('pastEnd');
  if (lost > 0) flags.push('lost');
  if (open) flags.push('openTransaction');
  const caveats = [
    ...(line.caveat === undefined ? [] : [line.caveat]),
    ...(open ? [`an open transaction holds ${place.end - place.stable} offsets back from read-committed readers`] : []),
    ...(committed && committed.offset < -1n ? [`the group stored ${committed.offset} in place of an offset`] : []),
  ];
  const caveat = caveats.join('; ');
  return {
    ...line,
    position,
    first: String(place.first),
    end: String(place.end),
    lag,
    lost,
    flags,
    ...(caveat !== '' && {exact: false, caveat}),
  };
}

/** A share group: records after the start offset may be done, so the lag is the broker's own count. */
function shareLine(plain: Progress, place: Place, share: ShareOffset | undefined): Progress {
  const line = {...plain, method: 'share group offsets', exact: false};
  if (share && share.error !== code.none) return failed(line, problemOf(share.error, share.message));
  const start = share && share.start >= 0n ? share.start : null;
  const position = start === null ? null : String(start);
  if ('problem' in place) return failed({...line, position}, place.problem);
  const counted = share?.lag !== undefined && share.lag !== null && share.lag >= 0n;
  const bound = offsetLag({cursor: start, first: place.first, end: place.end});
  return {
    ...line,
    position,
    first: String(place.first),
    end: String(place.end),
    lag: counted ? Number(share.lag) : start === null ? null : bound.lag,
    lost: start === null ? null : bound.lost,
    flags: [...(start === null ? (['noCursor'] as const) : []), ...(bound.lost > 0 ? (['lost'] as const) : [])],
    caveat: counted
      ? "the broker's count of records not done, which includes those in flight"
      : start === null
        ? 'no member has read this partition yet, so the broker keeps no count'
        : 'an upper bound: records after the first one not done may be done',
  };
}

function failed(line: Progress, problem: string): Progress {
  return {...line, lag: null, lost: null, exact: false, problem};
}
