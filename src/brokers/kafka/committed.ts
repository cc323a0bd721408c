import {PartitionTable} from './partition-table.ts';
import type {Cluster} from './wire/cluster.ts';
import {failureOf, isTransient} from './wire/error-codes.ts';
import {manyGroupsFrom, offsetFetch} from './wire/offset-fetch.ts';
import type {GroupOffsets} from './wire/offset-fetch.ts';
import {askUntilSettled} from './wire/retry.ts';

export interface Committed {
  /** Negative where nothing, or a placeholder, was committed. */
  readonly offset: bigint;
  /** Error code of this partition. */
  readonly error: number;
}

export interface CommittedOffsets {
  readonly offsets: PartitionTable<Committed>;
  /** Error code of the whole group. */
  readonly error: number;
}

/** All committed offsets of groups of one coordinator: one request, or one a group from servers before Kafka 3.0. */
export async function committedOffsets(
  cluster: Cluster,
  node: number,
  groups: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, CommittedOffsets>> {
  if (groups.length === 0) return new Map();
  const many = (cluster.version(offsetFetch) ?? 0) >= manyGroupsFrom;
  const asked = many ? [groups] : groups.map(group => [group]);
  const answers = await Promise.all(
    asked.map(async names => {
      const request = {groups: names.map(group => ({group, topics: null}))};
      const answer = await askUntilSettled(
        () => cluster.send(node, offsetFetch, request, signal),
        ({groups: found}) => {
          const passing = found.find(({error}) => isTransient(error));
          return passing ? failureOf(passing.error, `Could not read the offsets of "${passing.group}"`) : null;
        },
        signal,
      );
      return answer.groups.map(one => (names.length === 1 ? {...one, group: names[0] ?? one.group} : one));
    }),
  );
  return new Map(answers.flat().map(one => [one.group, {offsets: tableOf(one), error: one.error}]));
}

function tableOf({topics}: GroupOffsets): PartitionTable<Committed> {
  const table = new PartitionTable<Committed>();
  for (const {name, partitions} of topics)
    for (const {partition, offset, error} of partitions) table.set(name, partition, {offset, error});
  return table;
}
