import {stopIfAborted} from '../errors.ts';
import {Failure} from '../../model/failure.ts';
import type {Warning} from '../../model/failure.ts';
import type {Cluster} from './wire/cluster.ts';
import {consumerGroupDescribe} from './wire/consumer-group-describe.ts';
import {describeGroups} from './wire/describe-groups.ts';
import type {DescribedGroup, DescribeGroupsRequest, DescribeGroupsResponse} from './wire/describe-groups.ts';
import type {Api} from './wire/api.ts';
import {code, failureOf, isTransient, problemOf} from './wire/error-codes.ts';
import {findCoordinator, manyKeysFrom} from './wire/find-coordinator.ts';
import type {Coordinator} from './wire/find-coordinator.ts';
import {listGroups} from './wire/list-groups.ts';
import {askUntilSettled, retry} from './wire/retry.ts';
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

/** All groups: every node is asked for those it coordinates. A node that cannot be asked is a warning, unless none can. */
export async function allGroups(
  cluster: Cluster,
  signal: AbortSignal,
): Promise<{groups: readonly Group[]; warnings: readonly Warning[]}> {
  const failures: Failure[] = [];
  const warnings: Warning[] = [];
  const lists = await Promise.all(
    [...cluster.nodes.keys()].map(async node => {
      try {
        return await groupsOf(cluster, node, signal);
      } catch (error) {
        stopIfAborted(signal);
        if (!(error instanceof Failure)) throw error;
        failures.push(error);
        const message = `Groups that node ${node} coordinates are missing: ${error.broker ?? error.message}`;
        warnings.push({code: 'groupsMissing', message});
        return [];
      }
    }),
  );
  if (failures[0] && failures.length === cluster.nodes.size) throw failures[0];
  return {groups: lists.flat(), warnings};
}

/** The groups that one node coordinates. */
export async function groupsOf(cluster: Cluster, node: number, signal: AbortSignal): Promise<readonly Group[]> {
  const {groups} = await retry(async () => {
    const answer = await cluster.send(node, listGroups, {}, signal);
    if (answer.error !== code.none) throw failureOf(answer.error, `Could not list the groups of node ${node}`);
    return answer;
  }, signal);
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
    const listed = await groupsOf(cluster, node, signal);
    groups.push(...listed.filter(({name}) => names.includes(name) && !described.has(name)));
  }
  return {groups, described};
}

/** Old versions answer `Dead` without an error for a group that does not exist, and for one of another kind. */
function exists(group: DescribedGroup | undefined): boolean {
  return group !== undefined && group.error !== code.groupIdNotFound && !(group.state === 'Dead' && group.error === 0);
}
