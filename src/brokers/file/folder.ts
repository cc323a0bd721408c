import {Failure} from '../../model/failure.ts';
import type {Target} from '../../model/target.ts';
import {noDestination, noSubscription} from '../errors.ts';
import {readDestination, type DestinationRecord} from './destinations.ts';
import {optionalCount, readJson, text} from './json-file.ts';
import {layout} from './layout.ts';
import {isHeld, withLock} from './lock.ts';
import type {Owner} from './owner.ts';
import {viewPartition, type PartitionView} from './partition.ts';
import {readSubscription, type SubscriptionRecord} from './subscriptions.ts';
import {finishCommits} from './transactions.ts';
import {fileTerms} from './terms.ts';

/** The format this code reads and writes; a folder of a later one is refused. */
export const formatVersion = 1;

/** One open folder: what every facet of the file broker works on. */
export interface Folder {
  readonly path: string;
  readonly target: Target;
  /** Holds what this broker's taker has taken. */
  readonly owner: Owner;
}

/** @throws {Failure} `unreachable` (no such folder, or not a broker's), `unsupported` (a later format), `data` */
export async function checkFolder(path: string): Promise<void> {
  const file = layout.broker(path);
  const format = await readJson(file, fields => ({
    name: text(fields, 'format'),
    version: optionalCount(fields, 'version'),
  }));
  if (format?.name !== 'brokerctl-file') {
    throw new Failure('unreachable', `There is no file broker in ${path}`, {
      broker: format ? `${file} is of another program` : `There is no ${file}`,
      hints: ['Check the folder of the URL file:DIR.', 'Make one to try things on: brokerctl demo'],
    });
  }
  if (format.version !== formatVersion) {
    throw new Failure('unsupported', `${path} is in format ${format.version}; this brokerctl reads ${formatVersion}`, {
      hints: ['Use a later brokerctl.'],
    });
  }
}

/** @throws {Failure} `notFound`, `data` */
export async function findDestination({path, target}: Folder, name: string): Promise<DestinationRecord> {
  const record = await readDestination(path, name);
  if (!record) throw noDestination(target, fileTerms.destination, name);
  return record;
}

/** @throws {Failure} `notFound`, `data` */
export async function findSubscription({path, target}: Folder, name: string): Promise<SubscriptionRecord> {
  const record = await readSubscription(path, name);
  if (!record) throw noSubscription(target, fileTerms.subscription, name);
  return record;
}

/** @throws {Failure} `data` */
export async function viewOf(
  {path}: Folder,
  {name}: DestinationRecord,
  partition: string | null,
): Promise<PartitionView> {
  return viewPartition(layout.partition(path, name, partition), partition);
}

/** Runs a change alone, after finishing the commit of a writer that died at it. @throws {Failure} `tryAgain` */
export async function change<T>({path, target}: Folder, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  return withLock(layout.lock(path), target.timeoutMs, signal, async () => {
    await finishCommits(path);
    return work();
  });
}

/** Whether somebody is writing now: half a message at the end of a segment is then no damage. */
export async function isWriting({path}: Folder): Promise<boolean> {
  return isHeld(layout.lock(path));
}
