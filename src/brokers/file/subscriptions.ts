import {join} from 'node:path';
import type {NameFilter} from '../../model/name-filter.ts';
import {parseDeadLetter, type DeadLetter} from './destinations.ts';
import {badFile, optionalCount, optionalList, optionalText, readJson, text, writeJson} from './json-file.ts';
import {layout, namesIn} from './layout.ts';
import {listRecords, type Listed} from './records.ts';

/** A named reader of topics. A queue is its own subscription and has no record. */
export interface SubscriptionRecord {
  readonly name: string;
  readonly kind: string;
  readonly internal: boolean;
  /** The file broker has no connections: members are declared, for a demo or a copy of another broker's state. */
  readonly members: readonly string[];
  readonly state: string | null;
  readonly deadLetter: DeadLetter | null;
}

/** How far a subscription is in one partition, and what its consumer left declared. */
export interface CursorEntry {
  readonly partition: string | null;
  /** The next position it will get; `null` when it never committed one. */
  readonly cursor: number | null;
  readonly inFlight: number | null;
  readonly redelivered: number | null;
  readonly member: string | null;
}

export interface Cursors {
  readonly destination: string;
  readonly entries: readonly CursorEntry[];
}

/** @returns `null` when there is no such subscription @throws {Failure} `data` */
export async function readSubscription(folder: string, name: string): Promise<SubscriptionRecord | null> {
  const file = layout.subscriptionRecord(folder, name);
  const record = await readJson(file, parseSubscription);
  if (record && record.name !== name) throw badFile(file, null, `it names the subscription "${record.name}"`);
  return record;
}

/** All that the filter takes, in the order of their names. */
export async function listSubscriptions(folder: string, names: NameFilter): Promise<Listed<SubscriptionRecord>[]> {
  return listRecords(layout.subscriptions(folder), 'subscription.json', names, parseSubscription);
}

/** A subscription's cursors in every destination it reads, in the order of their names. @throws {Failure} `data` */
export async function listCursors(folder: string, subscription: string): Promise<Cursors[]> {
  const cursors = layout.cursors(folder, subscription);
  const all: Cursors[] = [];
  for (const name of await namesIn(cursors)) {
    if (!name.endsWith('.json')) continue;
    const found = await readJson(join(cursors, name), parseCursors);
    if (found) all.push(found);
  }
  return all.sort((a, b) => (a.destination < b.destination ? -1 : 1));
}

/** @throws {Failure} `data` */
export async function readCursors(folder: string, subscription: string, destination: string): Promise<Cursors | null> {
  return readJson(layout.cursor(folder, subscription, destination), parseCursors);
}

/** Replaces a subscription's cursors in one destination, all at once. @throws {Failure} `cannotWrite`, `denied` */
export async function writeCursors(
  folder: string,
  subscription: string,
  {destination, entries}: Cursors,
  {sync = true} = {},
): Promise<void> {
  const partitions = entries.map(entry => Object.fromEntries(Object.entries(entry).filter(([, v]) => v !== null)));
  await writeJson(layout.cursor(folder, subscription, destination), {destination, partitions}, {sync});
}

function parseSubscription(fields: Readonly<Record<string, unknown>>): SubscriptionRecord {
  return {
    name: text(fields, 'name'),
    kind: optionalText(fields, 'kind') ?? 'subscription',
    internal: fields.internal === true,
    members: optionalList(fields, 'members').map(String),
    state: optionalText(fields, 'state'),
    deadLetter: parseDeadLetter(fields),
  };
}

function parseCursors(fields: Readonly<Record<string, unknown>>): Cursors {
  const entries = optionalList(fields, 'partitions').map(json => {
    if (typeof json !== 'object' || json === null) throw new TypeError('"partitions" holds what is no object');
    const entry: Readonly<Record<string, unknown>> = {...json};
    return {
      partition: optionalText(entry, 'partition'),
      cursor: optionalCount(entry, 'cursor'),
      inFlight: optionalCount(entry, 'inFlight'),
      redelivered: optionalCount(entry, 'redelivered'),
      member: optionalText(entry, 'member'),
    };
  });
  return {destination: text(fields, 'destination'), entries};
}
