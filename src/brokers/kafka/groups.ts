import {stopIfAborted} from '../errors.ts';
import {Failure} from '../../model/failure.ts';
import type {Warning} from '../../model/failure.ts';
import {leaderlessGaps, unreadyGaps} from './coordinator-gaps.ts';
import type {CoordinatorGap} from './coordinator-gaps.ts';
import type {Cluster} from './wire/cluster.ts';
import {consumerGroupDescribe} from './wire/consumer-group-describe.ts';
import {describeGroups} from './wire/describe-groups.ts';
import type {DescribedGroup, DescribeGroupsRequest, DescribeGroupsResponse} from './wire/describe-groups.ts';
import type {Api} from './wire/api.ts';
import {code, failureOf, isTransient, problemOf} from './wire/error-codes.ts';
import {findCoordinator, manyKeysFrom} from './wire/find-coordinator.ts';
import type {Coordinator} from './wire/find-coordinator.ts';
import {listGroups} from './wire/list-groups.ts';
import type {TopicMetadata} from './wire/metadata.ts';
import {askUntilSettled, isPassing, retry} from './wire/retry.ts';
import {shareGroupDescribe} from './wire/share-group-describe.ts';

/** A group that exists, and the node that coordinates it. */
export interface Group {
  readonly name: string;
  /** `classic`, `consumer` (KIP-848), `share`, `streams`; before Kafka 3.8, which does not tell, `classic`. */
  readonly kind: string;
  readonly state: string | null;
  readonly node: number;
}

export interface Coordinators {
  /** Group names by the node that coordinates them. */
  readonly byNode: ReadonlyMap<number, readonly string[]>;
  /** Why a group's coordinator is not known. */
  readonly problems: ReadonlyMap<string, string>;
}

interface Lists {
  readonly groups: readonly Group[];
  /** Nodes that could not be asked. */
  readonly failures: readonly {readonly node: number; readonly failure: Failure}[];
  readonly gaps: readonly CoordinatorGap[];
}

/**
 * All groups: every node is asked for those it coordinates. What cannot be asked, or is coordinated by nobody after some
 * tries, is a warning.
 * @throws {Failure} when no group at all can be listed for such a reason
 */
export async function allGroups(
  cluster: Cluster,
  signal: AbortSignal,
): Promise<{groups: readonly Group[]; warnings: readonly Warning[]}> {
  const what = 'Could not list the groups';
  let offsets = cluster.offsetsTopic;
  let isFirst = true;
  const {groups, failures, gaps} = await askUntilSettled(
    async () => {
      if (!isFirst) offsets = await cluster.readOffsetsTopic(signal);
      isFirst = false;
      return listAll(cluster, offsets, signal);
    },
    lists => {
      const [gap] = lists.gaps;
      const passing = lists.failures.find(({failure}) => isPassing(failure))?.failure;
      return passing ?? (gap ? failureOf(gap.error, what) : null);
    },
    signal,
  );
  if (failures[0] && failures.length === cluster.nodes.size) throw failures[0].failure;
  const warnings = failures.map(({node, failure}): Warning => {
    const message = `Groups that node ${node} coordinates are missing: ${failure.broker ?? failure.message}`;
    return {code: 'groupsMissing', message};
  });
  const [gap] = gaps;
  if (gap) {
    const count = offsets?.partitions.length ?? 0;
    if (gaps.length === count) throw failureOf(gap.error, what);
    const message = `Groups kept in ${gaps.length} of ${count} partitions of __consumer_offsets are missing: ${problemOf(gap.error)}`;
    warnings.push({code: 'groupsMissing', message});
  }
  return {groups, warnings};
}

async function listAll(cluster: Cluster, offsets: TopicMetadata | null, signal: AbortSignal): Promise<Lists> {
  const groups: Group[] = [];
  const failures: {node: number; failure: Failure}[] = [];
  const gaps = offsets ? [...leaderlessGaps(cluster, offsets)] : [];
  await Promise.all(
    [...cluster.nodes.keys()].map(async node => {
      try {
        // In this order on one connection, so that what was not ready is never taken for ready after an empty list.
        const [unready, list] = await Promise.all([
          offsets ? unreadyGaps(cluster, node, offsets, signal) : [],
          listOf(cluster, node, signal),
        ]);
        gaps.push(...unready);
        groups.push(...list);
      } catch (error) {
        stopIfAborted(signal);
        if (!(error instanceof Failure)) throw error;
        failures.push({node, failure: error});
      }
    }),
  );
  return {groups, failures, gaps};
}

async function listOf(cluster: Cluster, node: number, signal: AbortSignal): Promise<readonly Group[]> {
  const {error, groups} = await cluster.send(node, listGroups, {}, signal);
  if (error !== code.none) throw failureOf(error, `Could not list the groups of node ${node}`);
  return groups.map(({group, protocolType, state, type}) => ({
    name: group,
    kind: type ?? (protocolType === 'share' ? 'share' : 'classic'),
    state: state === '' ? null : state,
    node,
  }));
}

/** The coordinators of groups known by name: one request, or one a group from servers before Kafka 3.0. */
export async function coordinatorsOf(
  cluster: Cluster,
  names: readonly string[],
  signal: AbortSignal,
): Promise<Coordinators> {
  const many = (cluster.version(findCoordinator) ?? 0) >= manyKeysFrom;
  const asked = many ? [names] : names.map(name => [name]);
  const answers = await Promise.all(asked.map(keys => findAll(cluster, keys, signal)));
  const byNode = new Map<number, string[]>();
  const problems = new Map<string, string>();
  for (const {key, node, error, message} of answers.flat()) {
    if (error !== code.none) problems.set(key, problemOf(error, message));
    else byNode.set(node, [...(byNode.get(node) ?? []), key]);
  }
  return {byNode, problems};
}

/** A cluster's first group ever makes the coordinator's topic, which takes a moment: then the answer is "not yet". */
async function findAll(
  cluster: Cluster,
  keys: readonly string[],
  signal: AbortSignal,
): Promise<readonly Coordinator[]> {
  if (keys.length === 0) return [];
  const {coordinators} = await askUntilSettled(
    () => cluster.send(null, findCoordinator, {type: 'group', keys}, signal),
    answer => {
      const passing = answer.coordinators.find(({error}) => isTransient(error));
      return passing ? failureOf(passing.error, 'Could not find the coordinator of a group', passing.message) : null;
    },
    signal,
  );
  return coordinators.map(one => (keys.length === 1 ? {...one, key: keys[0] ?? one.key} : one));
}

/** Which API describes groups of a kind; no other kind's does. */
const describers: Readonly<Record<string, Api<DescribeGroupsRequest, DescribeGroupsResponse>>> = {
  classic: describeGroups,
  consumer: consumerGroupDescribe,
  share: shareGroupDescribe,
};

/** State and members of groups of one kind, by name, from the node that coordinates them; what it does not tell is left out. */
export async function describeOfKind(
  cluster: Cluster,
  node: number,
  kind: string,
  names: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, DescribedGroup>> {
  const api = describers[kind];
  if (!api || names.length === 0 || cluster.version(api) === null) return new Map();
  const {groups} = await retry(() => cluster.send(node, api, {groups: names}, signal), signal);
  return new Map(groups.map(group => [group.group, group]));
}

/**
 * What groups known only by name are: all three kinds of description are asked for at once, which takes no more time than
 * asking for the kind first. Those that are of no kind we can describe are looked for in the node's list.
 */
export async function groupsNamed(
  cluster: Cluster,
  node: number,
  names: readonly string[],
  signal: AbortSignal,
): Promise<{groups: readonly Group[]; described: ReadonlyMap<string, DescribedGroup>}> {
  const kinds = Object.keys(describers);
  const answers = await Promise.all(kinds.map(kind => describeOfKind(cluster, node, kind, names, signal)));
  const groups: Group[] = [];
  const described = new Map<string, DescribedGroup>();
  for (const name of names) {
    const index = answers.findIndex(answer => exists(answer.get(name)));
    const group = answers[index]?.get(name);
    if (!group) continue;
    groups.push({name, kind: kinds[index] ?? 'classic', state: group.state === '' ? null : group.state, node});
    described.set(name, group);
  }
  if (groups.length < names.length) {
    const listed = await retry(() => listOf(cluster, node, signal), signal);
    groups.push(...listed.filter(({name}) => names.includes(name) && !described.has(name)));
  }
  return {groups, described};
}

/** Old versions answer `Dead` without an error for a group that does not exist, and for one of another kind. */
function exists(group: DescribedGroup | undefined): boolean {
  return group !== undefined && group.error !== code.groupIdNotFound && !(group.state === 'Dead' && group.error === 0);
}
