import type {Cluster} from './wire/cluster.ts';
import {describeGroups} from './wire/describe-groups.ts';
import {code} from './wire/error-codes.ts';
import {listOffsets, offsetAt} from './wire/list-offsets.ts';
import type {TopicMetadata} from './wire/metadata.ts';

/** A partition of the topic of committed offsets that no node coordinates now: its groups are in no list. */
export interface CoordinatorGap {
  readonly partition: number;
  /** 5 LEADER_NOT_AVAILABLE, 14 COORDINATOR_LOAD_IN_PROGRESS, 15 COORDINATOR_NOT_AVAILABLE, 16 NOT_COORDINATOR, 78 OFFSET_NOT_AVAILABLE */
  readonly error: number;
}

const notReady: ReadonlySet<number> = new Set([
  code.coordinatorLoadInProgress,
  code.coordinatorNotAvailable,
  code.notCoordinator,
]);

/** The partitions that no node leads. */
export function leaderlessGaps(cluster: Cluster, {partitions}: TopicMetadata): readonly CoordinatorGap[] {
  return partitions
    .filter(({leader}) => !cluster.nodes.has(leader))
    .map(({partition}) => ({partition, error: code.leaderNotAvailable}));
}

/**
 * The partitions that a node leads and does not coordinate yet. ListGroups leaves their groups out without an error, so the
 * node is asked for one group of each, which need not exist. It also leaves out the newest groups of a leader that does not
 * know its high watermark yet, so the ends are asked for as well. Two requests; they tell nothing without the rights to
 * describe groups of any name and the topic.
 */
export async function unreadyGaps(
  cluster: Cluster,
  node: number,
  {name, partitions}: TopicMetadata,
  signal: AbortSignal,
): Promise<readonly CoordinatorGap[]> {
  const led = new Set(partitions.filter(({leader}) => leader === node).map(({partition}) => partition));
  if (led.size === 0 || cluster.version(describeGroups) === null) return [];
  const partitionOf = new Map<string, number>();
  for (let number = 0; led.size > 0; number++) {
    const group = `brokerctl-coordinator-${number}`;
    const partition = partitionOfGroup(group, partitions.length);
    if (led.delete(partition)) partitionOf.set(group, partition);
  }
  const asked = [...partitionOf.values()].map(partition => ({partition, at: offsetAt.latest}));
  const [{groups}, {topics}] = await Promise.all([
    cluster.send(node, describeGroups, {groups: [...partitionOf.keys()]}, signal),
    cluster.send(node, listOffsets, {readCommitted: false, topics: [{name, partitions: asked}]}, signal),
  ]);
  const gaps = new Map<number, number>();
  for (const {partitions: ends} of topics)
    for (const {partition, error} of ends) if (error === code.offsetNotAvailable) gaps.set(partition, error);
  for (const {group, error} of groups) if (notReady.has(error)) gaps.set(partitionOf.get(group) ?? -1, error);
  return [...gaps].map(([partition, error]) => ({partition, error}));
}

/** As Kafka's coordinators have it: the absolute value of Java's hash of the name, which is 0 for the least integer. */
function partitionOfGroup(name: string, count: number): number {
  let hash = 0;
  for (let index = 0; index < name.length; index++) hash = (Math.imul(31, hash) + name.charCodeAt(index)) | 0;
  return (hash === -(2 ** 31) ? 0 : Math.abs(hash)) % count;
}
