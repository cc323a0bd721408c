import {stat} from 'node:fs/promises';
import type {DestinationRecord} from './destinations.ts';
import {makeFolder} from './json-file.ts';
import {encodeLine, type EncodedMessage} from './record.ts';
import {listSegments, repairTail, segmentFile} from './segment.ts';
import {readState} from './partition-state.ts';

/** Where the next message of a partition goes. */
export interface End {
  readonly folder: string;
  /** The segment to append to; a new one when the newest is full or there is none. */
  readonly file: string;
  readonly position: number;
}

/** Finds the end of a partition and mends it where a writer died. The write lock is held. @throws {Failure} `data`, `cannotWrite` */
export async function findEnd(folder: string, record: DestinationRecord): Promise<End> {
  await makeFolder(folder);
  const last = (await listSegments(folder)).at(-1);
  const {start} = await readState(folder);
  if (!last) return {folder, file: segmentFile(folder, start), position: start};
  const end = await repairTail(last);
  // A partition emptied by a purge goes on counting from its start.
  const position = Math.max(end, start);
  const full = position > end || (await stat(last.file)).size >= record.segmentBytes;
  return {folder, file: full && position > last.base ? segmentFile(folder, position) : last.file, position};
}

/** A message and when the broker is said to have stored it. */
export interface Stamped {
  readonly message: EncodedMessage;
  readonly stored: Date;
}

/** The lines of messages that begin at a position. */
export function linesFrom(position: number, messages: readonly Stamped[]): string {
  return messages.map(({message, stored}, index) => encodeLine(position + index, stored, message)).join('');
}
