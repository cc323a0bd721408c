import {createHash} from 'node:crypto';
import {readdir} from 'node:fs/promises';
import {join} from 'node:path';
import {hasCode} from './json-file.ts';

/*
 * DIR/broker.json                                     marks the folder and its format
 * DIR/lock                                            held while something is written
 * DIR/destinations/NAME/destination.json              kind, partitions, retention, dead-letter route
 * DIR/destinations/NAME/PARTITION/state.json          what was removed, what is held by takers
 * DIR/destinations/NAME/PARTITION/<20 digits>.ndjson  messages, from the position that is the file's name
 * DIR/subscriptions/NAME/subscription.json            kind, declared members, dead-letter route
 * DIR/subscriptions/NAME/cursors/DESTINATION.json     one cursor a partition
 * DIR/transactions/ID/                                a commit under way: its segments, and commit.json once it is decided
 * DIR/ledgers/KEY.json                                the newest committed ledger entry
 */

export const layout = {
  broker: (folder: string) => join(folder, 'broker.json'),
  lock: (folder: string) => join(folder, 'lock'),
  destinations: (folder: string) => join(folder, 'destinations'),
  destination: (folder: string, name: string) => join(folder, 'destinations', folderName(name)),
  destinationRecord: (folder: string, name: string) =>
    join(folder, 'destinations', folderName(name), 'destination.json'),
  /** The one part of a destination without partitions is the folder `messages`. */
  partition: (folder: string, name: string, partition: string | null) =>
    join(folder, 'destinations', folderName(name), partition ?? 'messages'),
  subscriptions: (folder: string) => join(folder, 'subscriptions'),
  subscription: (folder: string, name: string) => join(folder, 'subscriptions', folderName(name)),
  subscriptionRecord: (folder: string, name: string) =>
    join(folder, 'subscriptions', folderName(name), 'subscription.json'),
  cursors: (folder: string, name: string) => join(folder, 'subscriptions', folderName(name), 'cursors'),
  cursor: (folder: string, name: string, destination: string) =>
    join(folder, 'subscriptions', folderName(name), 'cursors', `${folderName(destination)}.json`),
  transactions: (folder: string) => join(folder, 'transactions'),
  ledger: (folder: string, key: string) => join(folder, 'ledgers', `${folderName(key)}.json`),
};

/** A file name for any name: percent-encoded, and cut short with a hash where the file system would refuse its length. */
export function folderName(name: string): string {
  const bytes = Buffer.from(name, 'utf8');
  let encoded = '';
  for (const byte of bytes) {
    const char = String.fromCharCode(byte);
    encoded += /[A-Za-z0-9_.-]/.test(char) ? char : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  encoded = encoded.replace(/^\.+/, dots => '%2E'.repeat(dots.length));
  if (encoded.length <= 200) return encoded;
  return `${encoded.slice(0, 150)}~${createHash('sha256').update(bytes).digest('hex').slice(0, 32)}`;
}

/** The names in a folder, sorted; none when there is no such folder. */
export async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) return [];
    throw error;
  }
}
