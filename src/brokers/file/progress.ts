import type {Measured} from '../../model/depth.ts';
import {Failure} from '../../model/failure.ts';
import {offsetLag} from '../../model/lag.ts';
import {everything} from '../../model/name-filter.ts';
import type {Progress, ProgressFlag, Subscription} from '../../model/subscription.ts';
import {stopIfAborted} from '../errors.ts';
import type {Listing, SubscriptionFilter} from '../port.ts';
import {isShown, listDestinations, readDestination, type DestinationRecord} from './destinations.ts';
import {viewOf, type Folder} from './folder.ts';
import {countHeld, firstHeld} from './partition.ts';
import {claimed, isLive} from './partition-state.ts';
import {countWithin, union} from './ranges.ts';
import {readable} from './records.ts';
import {listCursors, listSubscriptions, type CursorEntry, type SubscriptionRecord} from './subscriptions.ts';

/** Subscriptions of topics and, as each queue is its own, the queues. */
export async function inspectSubscriptions(
  folder: Folder,
  filter: SubscriptionFilter,
  signal: AbortSignal,
): Promise<Listing<Subscription>> {
  stopIfAborted(signal);
  const items: Subscription[] = [];
  for (const listed of await listSubscriptions(folder.path, filter.names)) {
    stopIfAborted(signal);
    if ('failure' in listed) items.push(damaged(listed.name, listed.failure));
    else if (isShown(listed.record, filter.internal, filter.names.exact)) {
      const subscription = await inspectReader(folder, listed.record, filter);
      if (subscription) items.push(subscription);
    }
  }
  for (const record of readable(await listDestinations(folder.path, filter.names))) {
    stopIfAborted(signal);
    if (record.kind !== 'queue' || !filter.destinations.matches(record.name)) continue;
    if (isShown(record, filter.internal, filter.names.exact)) items.push(await inspectQueue(folder, record));
  }
  items.sort((a, b) => (a.name < b.name ? -1 : 1));
  return {items, warnings: []};
}

/** A subscription of topics; `null` when it reads none of the destinations that are asked for. */
async function inspectReader(
  folder: Folder,
  {name, kind, internal, state, members}: SubscriptionRecord,
  {destinations}: SubscriptionFilter,
): Promise<Subscription | null> {
  const progress: Progress[] = [];
  try {
    // The cursors are read before the ends.
    for (const {destination, entries} of await listCursors(folder.path, name)) {
      if (destinations.matches(destination)) progress.push(...(await inspectTopic(folder, destination, entries)));
    }
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return damaged(name, error);
  }
  if (progress.length === 0 && destinations !== everything) return null;
  return {name, kind, internal, brokerState: state, members: members.length, progress};
}

function damaged(name: string, failure: Failure): Subscription {
  const problem = `${failure.message}: ${failure.broker}`;
  return {name, kind: 'unknown', internal: false, brokerState: null, members: null, progress: [], problem};
}

/** A line for each partition, and for each cursor whose partition is gone. */
async function inspectTopic(folder: Folder, name: string, entries: readonly CursorEntry[]): Promise<Progress[]> {
  const byPartition = new Map(entries.map(entry => [entry.partition, entry]));
  const record = await readDestination(folder.path, name);
  const ids = new Set([...(record?.partitions ?? []), ...byPartition.keys()]);
  const lines: Progress[] = [];
  for (const id of record || ids.size > 0 ? ids : [null]) {
    const entry = byPartition.get(id) ?? null;
    if (record?.partitions.includes(id)) lines.push(await inspectPartition(folder, record, id, entry));
    else {
      const problem = record ? `"${name}" has no partition ${id}` : `there is no destination "${name}"`;
      lines.push(unmeasured(name, id, problem, entry));
    }
  }
  return lines;
}

async function inspectPartition(
  folder: Folder,
  record: DestinationRecord,
  partition: string | null,
  entry: CursorEntry | null,
): Promise<Progress> {
  try {
    const view = await viewOf(folder, record, partition);
    const cursor = entry?.cursor ?? null;
    const {lost, noCursor, pastEnd} = offsetLag({
      cursor: cursor === null ? null : BigInt(cursor),
      first: BigInt(view.start),
      end: BigInt(view.end),
    });
    const flags: ProgressFlag[] = [];
    if (noCursor) flags.push('noCursor');
    if (pastEnd) flags.push('pastEnd');
    if (lost > 0) flags.push('lost');
    return {
      destination: record.name,
      partition,
      position: cursor === null ? null : String(cursor),
      first: String(view.start),
      end: String(view.end),
      lag: Math.max(0, countHeld(view, cursor ?? view.start, view.end) - (entry?.inFlight ?? 0)),
      lost,
      inFlight: entry?.inFlight ?? 0,
      redelivered: entry?.redelivered ?? null,
      flags,
      member: entry?.member ?? null,
      ...measured('cursor file', true),
    };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return unmeasured(record.name, partition, `${error.message}: ${error.broker}`, entry);
  }
}

async function inspectQueue(folder: Folder, record: DestinationRecord): Promise<Subscription> {
  const about = {name: record.name, kind: record.kind, internal: record.internal, brokerState: null};
  try {
    const view = await viewOf(folder, record, null);
    const now = new Date();
    const taken = claimed(view.state, now);
    const inFlight = countWithin(taken, view.start, view.end);
    const ready = {...view, state: {...view.state, removed: union(view.state.removed, taken)}};
    const progress: Progress = {
      destination: record.name,
      partition: null,
      position: String(firstHeld(ready, view.start)),
      first: String(firstHeld(view, view.start)),
      end: String(view.end),
      lag: countHeld(ready, view.start, view.end),
      lost: null,
      inFlight,
      // Of the messages still held: a message that was accepted takes its count along.
      redelivered: [...view.state.deliveries.values()].reduce((sum, count) => sum + count - 1, 0),
      flags: [],
      member: null,
      ...measured('queue state', true),
    };
    return {...about, members: view.state.claims.filter(claim => isLive(claim, now)).length, progress: [progress]};
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return {
      ...about,
      members: null,
      progress: [unmeasured(record.name, null, `${error.message}: ${error.broker}`, null)],
    };
  }
}

function unmeasured(
  destination: string,
  partition: string | null,
  problem: string,
  entry: CursorEntry | null,
): Progress {
  const cursor = entry?.cursor ?? null;
  const unknown = {first: null, end: null, lag: null, lost: null, inFlight: null, redelivered: null};
  return {
    destination,
    partition,
    position: cursor === null ? null : String(cursor),
    ...unknown,
    flags: [],
    member: entry?.member ?? null,
    ...measured('cursor file', false),
    problem,
  };
}

function measured(method: string, exact: boolean): Measured {
  return {method, exact, asOf: new Date()};
}
