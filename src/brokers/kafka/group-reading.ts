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
import {code} from './wire/error-codes.ts';

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

/**
 * The same for names written in full: nothing is asked of other groups, and the kind is found on the way. A group whose
 * coordinator moves meanwhile is looked for once more.
 */
async function readNamed(cluster: Cluster, names: readonly string[], signal: AbortSignal): Promise<GroupReadings> {
  if (!(await cluster.hasGroups(signal))) return {readings: [], warnings: []};
  const first = await readAtCoordinators(cluster, names, signal);
  const moved = first.filter(({committed}) => committed?.error === code.notCoordinator).map(({group}) => group.name);
  if (moved.length === 0) return {readings: first, warnings: []};
  const again = await readAtCoordinators(cluster, moved, signal);
  return {readings: [...first.filter(({group}) => !moved.includes(group.name)), ...again], warnings: []};
}

async function readAtCoordinators(
  cluster: Cluster,
  names: readonly string[],
  signal: AbortSignal,
): Promise<readonly GroupReading[]> {
  const {byNode, problems} = await coordinatorsOf(cluster, names, signal);
  const readings = await Promise.all(
    [...byNode].map(async ([node, ours]) => {
      try {
        return await readAt(cluster, node, ours, signal);
      } catch (error) {
        stopIfAborted(signal);
        if (!(error instanceof Failure)) throw error;
        const problem = error.broker ?? error.message;
        return ours.map(name => unread(name, node, problem));
      }
    }),
  );
  return [...readings.flat(), ...[...problems].map(([name, problem]) => unread(name, -1, problem))];
}

async function readAt(
  cluster: Cluster,
  node: number,
  names: readonly string[],
  signal: AbortSignal,
): Promise<readonly GroupReading[]> {
  const [committed, {groups, described}] = await Promise.all([
    committedOffsets(cluster, node, names, signal),
    groupsNamed(cluster, node, names, signal),
  ]);
  const shared = groups.filter(({kind}) => kind === 'share').map(({name}) => name);
  const share = await shareOffsets(cluster, node, shared, signal);
  const readings = groups.map((group): GroupReading => ({
    group,
    described: described.get(group.name) ?? null,
    committed: group.kind === 'share' ? null : (committed.get(group.name) ?? null),
    share: share.get(group.name) ?? null,
    problem: null,
  }));
  // A coordinator that has moved does not know the group, which is no sign that there is none.
  const known = new Set(groups.map(({name}) => name));
  const lost = names.filter(name => !known.has(name) && (committed.get(name)?.error ?? code.none) !== code.none);
  return [...readings, ...lost.map(name => ({...unread(name, node, null), committed: committed.get(name) ?? null}))];
}

function unread(name: string, node: number, problem: string | null): GroupReading {
  return {
    group: {name, kind: 'classic', state: null, node},
    described: null,
    committed: null,
    share: null,
    problem,
  };
}
