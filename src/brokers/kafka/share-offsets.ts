import {PartitionTable} from './partition-table.ts';
import type {Cluster} from './wire/cluster.ts';
import {describeShareGroupOffsets} from './wire/describe-share-group-offsets.ts';
import type {ShareOffset} from './wire/describe-share-group-offsets.ts';
import {retry} from './wire/retry.ts';

export interface ShareOffsets {
  readonly offsets: PartitionTable<ShareOffset>;
  /** Error code and text of the whole group. */
  readonly error: number;
  readonly message: string | null;
}

/** Where share groups of one coordinator stand: one request. Empty from a server that has share groups but not this API. */
export async function shareOffsets(
  cluster: Cluster,
  node: number,
  groups: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, ShareOffsets>> {
  if (groups.length === 0 || cluster.version(describeShareGroupOffsets) === null) return new Map();
  const request = {groups: groups.map(group => ({group, topics: null}))};
  const answer = await retry(() => cluster.send(node, describeShareGroupOffsets, request, signal), signal);
  return new Map(
    answer.groups.map(({group, topics, error, message}) => {
      const offsets = new PartitionTable<ShareOffset>();
      for (const {name, partitions} of topics) for (const one of partitions) offsets.set(name, one.partition, one);
      return [group, {offsets, error, message}];
    }),
  );
}
