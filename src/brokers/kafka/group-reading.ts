import {stopIfAborted} from '../errors.ts';
import {Failure} from '../../model/failure.ts';
import type {Warning} from '../../model/failure.ts';
import type {NameFilter} from '../../model/name-filter.ts';
import {committedOffsets} from './committed.ts';
import type {CommittedOffsets} from './committed.ts';
import {allGroups, coordinatorsOf, describeOfKind, groupsNamed} from './groups.ts';
import type {Group} from './groups.ts';
import {shareOffsets} from './share-offsets.ts';
import type {ShareOffsets} from './share-offsets.ts';
import type {Cluster} from './wire/cluster.ts';
import type {DescribedGroup} from './wire/describe-groups.ts';

/** What the coordinator knows of one group, before anything is asked of the logs. */
export interface GroupReading {
  readonly group: Group;
  /** Members and state; `null` where they could not be read. */
  readonly described: DescribedGroup | null;
  readonly committed: CommittedOffsets | null;
  readonly share: ShareOffsets | null;
  /** Why the group as a whole could not be read. */
  readonly problem: string | null;
}

export interface GroupReadings {
  readonly readings: readonly GroupReading[];
  readonly warnings: readonly Warning[];
}

/** Reads the groups of these names from their coordinators, all coordinators at once, some four requests to each. */
export async function readGroups(cluster: Cluster, names: NameFilter, signal: AbortSignal): Promise<GroupReadings> {
  if (names.exact) return readNamed(cluster, names.exact, signal);
  const {groups, warnings} = await allGroups(cluster, signal);
  const byNode = new Map<number, Group[]>();
  for (const group of groups) {
    if (!names.matches(group.name)) continue;
    const list = byNode.get(group.node);
    if (list) list.push(group);
    else byNode.set(group.node, [group]);
  }
  const readings = await Promise.all([...byNode].map(([node, list]) => readListed(cluster, node, list, signal)));
  return {readings: readings.flat(), warnings};
}

async function readListed(
  cluster: Cluster,
  node: number,
  groups: readonly Group[],
  signal: AbortSignal,
): Promise<readonly GroupReading[]> {
  const ofKind = (kind: string) => groups.filter(group => group.kind === kind).map(({name}) => name);
  const withCommits = groups.filter(({kind}) => kind !== 'share').map(({name}) => name);
  try {
    const [committed, share, ...described] = await Promise.all([
      committedOffsets(cluster, node, withCommits, signal),
      shareOffsets(cluster, node, ofKind('share'), signal),
      ...['classic', 'consumer', 'share'].map(kind => describeOfKind(cluster, node, kind, ofKind(kind), signal)),
    ]);
    return groups.map(group => ({
      group,
      described: described.map(list => list.get(group.name)).find(one => one !== undefined) ?? null,
      committed: committed.get(group.name) ?? null,
      share: share.get(group.name) ?? null,
      problem: null,
    }));
  } catch (error) {
    stopIfAborted(signal);
    if (!(error instanceof Failure)) throw error;
    const problem = error.broker ?? error.message;
    return groups.map(group => ({group, described: null, committed: null, share: null, problem}));
  }
}

/** The same for names written in full: nothing is asked of other groups, and the kind is found on the way. */
async function readNamed(cluster: Cluster, names: readonly string[], signal: AbortSignal): Promise<GroupReadings> {
  if (!(await cluster.hasGroups(signal))) return {readings: [], warnings: []};
  const {byNode, problems} = await coordinatorsOf(cluster, names, signal);
  const readings = await Promise.all(
    [...byNode].map(async ([node, ours]): Promise<readonly GroupReading[]> => {
      const [committed, {groups, described}] = await Promise.all([
        committedOffsets(cluster, node, ours, signal),
        groupsNamed(cluster, node, ours, signal),
      ]);
      const shared = groups.filter(({kind}) => kind === 'share').map(({name}) => name);
      const share = await shareOffsets(cluster, node, shared, signal);
      return groups.map(group => ({
        group,
        described: described.get(group.name) ?? null,
        committed: group.kind === 'share' ? null : (committed.get(group.name) ?? null),
        share: share.get(group.name) ?? null,
        problem: null,
      }));
    }),
  );
  const lost = [...problems].map(([name, problem]): GroupReading => ({
    group: {name, kind: 'classic', state: null, node: -1},
    described: null,
    committed: null,
    share: null,
    problem,
  }));
  return {readings: [...readings.flat(), ...lost], warnings: []};
}
