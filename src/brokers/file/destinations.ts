import type {Retention} from '../../model/destination.ts';
import type {NameFilter} from '../../model/name-filter.ts';
import {badFile, optionalCount, optionalObject, optionalText, readJson, text} from './json-file.ts';
import {layout} from './layout.ts';
import {listRecords, type Listed} from './records.ts';

/** The file broker's two kinds: a topic keeps its messages for its retention, a queue until each is accepted. */
export type DestinationKind = 'topic' | 'queue';

/** Where a message goes that was delivered too often. */
export interface DeadLetter {
  readonly destination: string;
  /** `null`: only by the consumer's own doing; else the broker moves a queue's message there after so many deliveries. */
  readonly maxDeliveries: number | null;
}

export interface DestinationRecord {
  readonly name: string;
  /** Told apart from a later destination of the same name. */
  readonly id: string;
  readonly kind: DestinationKind;
  readonly internal: boolean;
  /** Names `0` to n−1; a queue has one part without a name. */
  readonly partitions: readonly (string | null)[];
  readonly retention: Required<Pick<Retention, 'ageMs' | 'bytes' | 'messages'>>;
  /** A segment that has grown to it is followed by a new one. */
  readonly segmentBytes: number;
  /** A larger message is refused. */
  readonly maxMessageBytes: number | null;
  readonly deadLetter: DeadLetter | null;
}

/** @returns `null` when there is no such destination @throws {Failure} `data` */
export async function readDestination(folder: string, name: string): Promise<DestinationRecord | null> {
  const file = layout.destinationRecord(folder, name);
  const record = await readJson(file, parseDestination);
  if (record && record.name !== name) throw badFile(file, null, `it names the destination "${record.name}"`);
  return record;
}

/** All that the filter takes, in the order of their names. */
export async function listDestinations(folder: string, names: NameFilter): Promise<Listed<DestinationRecord>[]> {
  return listRecords(layout.destinations(folder), 'destination.json', names, parseDestination);
}

export function parseDestination(fields: Readonly<Record<string, unknown>>): DestinationRecord {
  const kind = text(fields, 'kind');
  if (kind !== 'topic' && kind !== 'queue') throw new TypeError('"kind" is neither "topic" nor "queue"');
  const count = optionalCount(fields, 'partitions') ?? 1;
  if (count < 1) throw new TypeError('"partitions" is 0');
  const retention = optionalObject(fields, 'retention');
  return {
    name: text(fields, 'name'),
    id: text(fields, 'id'),
    kind,
    internal: fields.internal === true,
    partitions: kind === 'queue' ? [null] : Array.from({length: count}, (_, index) => String(index)),
    retention: {
      ageMs: optionalCount(retention, 'ageMs'),
      bytes: optionalCount(retention, 'bytes'),
      messages: optionalCount(retention, 'messages'),
    },
    segmentBytes: optionalCount(fields, 'segmentBytes') ?? 16 * 1024 * 1024,
    maxMessageBytes: optionalCount(fields, 'maxMessageBytes'),
    deadLetter: parseDeadLetter(fields),
  };
}

export function parseDeadLetter(fields: Readonly<Record<string, unknown>>): DeadLetter | null {
  const route = optionalObject(fields, 'deadLetter');
  const destination = optionalText(route, 'destination');
  return destination === null ? null : {destination, maxDeliveries: optionalCount(route, 'maxDeliveries')};
}

/** The record as its file holds it. */
export function destinationJson(record: DestinationRecord): unknown {
  const {kind, partitions, ...rest} = record;
  return {...rest, kind, partitions: kind === 'queue' ? null : partitions.length};
}

/** Internal ones are hidden unless asked for, or named in full. */
export function isShown(
  record: {readonly name: string; readonly internal: boolean},
  internal: boolean,
  exact: readonly string[] | null,
): boolean {
  return internal || !record.internal || (exact?.includes(record.name) ?? false);
}
