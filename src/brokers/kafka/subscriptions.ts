import type {Listing, SubscriptionFilter} from '../port.ts';
import {everything} from '../../model/name-filter.ts';
import type {Progress, Subscription} from '../../model/subscription.ts';
import {readGroups} from './group-reading.ts';
import type {GroupReading} from './group-reading.ts';
import {logOffsets} from './log-offsets.ts';
import {progressOf} from './progress.ts';
import type {LogFacts} from './progress.ts';
import {retentions} from './retentions.ts';
import {isInternal, isWanted, topicsNamed} from './topics.ts';
import type {Topics} from './topics.ts';
import {uncommittedPartitions} from './uncommitted-partitions.ts';
import type {Cluster} from './wire/cluster.ts';
import {code, problemOf} from './wire/error-codes.ts';
import {offsetAt} from './wire/list-offsets.ts';

/**
 * Groups and how far they are. The coordinators are asked first and the logs after them, so that a cursor is never ahead of
 * an end that was read before it. Requests grow with the brokers: per coordinator a list, the commits and a description for
 * each kind of group there is, per leader two or three of offsets.
 */
export async function subscriptions(
  cluster: Cluster,
  filter: SubscriptionFilter,
  signal: AbortSignal,
): Promise<Listing<Subscription>> {
  // Where all groups are asked for, the topics are listed meanwhile; only the ends must be read after the cursors.
  const [{readings, warnings}, listed] = await Promise.all([
    readGroups(cluster, filter.names, signal),
    filter.names.exact ? null : topicsNamed(cluster, null, signal),
  ]);
  const wanted = readings.filter(({group}) => isWanted(filter, group.name, isInternal(group.name, false)));
  const names = [...new Set(wanted.flatMap(topicsOf))].filter(name => filter.destinations.matches(name));
  const logs = await logFacts(cluster, names, listed, signal);
  const items = wanted
    .map(reading => subscriptionOf(reading, filter, logs))
    .filter(item => item !== null)
    .sort((one, other) => (one.name < other.name ? -1 : 1));
  return {items, warnings: [...warnings, ...logs.warnings, ...uncommittedPartitions(items, logs)]};
}

/** Topics that a group has a cursor in or that its members are assigned. */
function topicsOf({described, committed, share}: GroupReading): readonly string[] {
  const assigned = (described?.members ?? []).flatMap(member => member.assigned.map(({name}) => name));
  return [...assigned, ...(committed?.offsets.topics() ?? []), ...(share?.offsets.topics() ?? [])];
}

async function logFacts(
  cluster: Cluster,
  names: readonly string[],
  listed: Topics | null,
  signal: AbortSignal,
): Promise<LogFacts & Pick<Listing<never>, 'warnings'>> {
  const {topics, transactions} = await topicsRead(cluster, names, listed, signal);
  const readable = topics.filter(({error}) => error === code.none);
  const [first, end, stable, retention] = await Promise.all([
    logOffsets(cluster, readable, {at: offsetAt.earliest}, signal),
    logOffsets(cluster, readable, {at: offsetAt.latest}, signal),
    transactions ? logOffsets(cluster, readable, {at: offsetAt.latest, readCommitted: true}, signal) : null,
    retentions(
      cluster,
      readable.map(({name}) => name),
      signal,
    ),
  ]);
  const byName = new Map(topics.map(topic => [topic.name, topic]));
  return {
    topics: byName,
    first,
    end,
    stable,
    retention: retention.byTopic,
    transactions,
    asOf: new Date(),
    warnings: retention.warnings,
  };
}

/** The topics of these names: from the list that there is, and by a look at those that are not in it. */
async function topicsRead(
  cluster: Cluster,
  names: readonly string[],
  listed: Topics | null,
  signal: AbortSignal,
): Promise<Topics> {
  const wanted = new Set(names);
  const found = listed?.topics.filter(({name}) => wanted.has(name)) ?? [];
  for (const {name} of found) wanted.delete(name);
  if (wanted.size === 0) return {topics: found, transactions: listed?.transactions ?? false};
  const missing = await topicsNamed(cluster, [...wanted], signal);
  return {topics: [...found, ...missing.topics], transactions: missing.transactions};
}

function subscriptionOf(reading: GroupReading, filter: SubscriptionFilter, logs: LogFacts): Subscription | null {
  const {group, described, committed, share} = reading;
  const progress: readonly Progress[] = progressOf(reading, name => filter.destinations.matches(name), logs);
  const problem =
    reading.problem ??
    errorOf(described) ??
    errorOf(committed && {error: committed.error, message: null}) ??
    errorOf(share);
  if (progress.length === 0 && problem === null && filter.destinations !== everything) return null;
  return {
    name: group.name,
    kind: group.kind,
    internal: isInternal(group.name, false),
    brokerState: described && described.error === code.none ? described.state : group.state,
    members: described && described.error === code.none ? described.members.length : null,
    progress,
    ...(problem !== null && {problem}),
  };
}

function errorOf(answer: {readonly error: number; readonly message: string | null} | null): string | null {
  return answer && answer.error !== code.none ? problemOf(answer.error, answer.message) : null;
}
