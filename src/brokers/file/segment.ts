import {createReadStream} from 'node:fs';
import {appendFile, open, type FileHandle} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {namesIn} from './layout.ts';
import {badFile, cannotWrite, hasCode, syncFolder} from './json-file.ts';
import {decodeRecord, type StoredRecord} from './record.ts';

const newline = 0x0a;

/** One file of a partition's messages. */
export interface Segment {
  readonly file: string;
  /** The position of its first message: the number in its name. */
  readonly base: number;
}

/** How a segment's file ends. */
export interface Tail {
  /** The position after its last whole message. */
  readonly end: number;
  /** Bytes up to and with the last newline. */
  readonly wholeBytes: number;
  /** What follows the last newline: the half-written message of a writer that died. Empty as a rule. */
  readonly torn: Uint8Array;
}

export function segmentFile(folder: string, base: number): string {
  return join(folder, `${String(base).padStart(20, '0')}.ndjson`);
}

/** The segments of a partition's folder, in order. */
export async function listSegments(folder: string): Promise<Segment[]> {
  return (await namesIn(folder))
    .filter(name => /^\d{20}\.ndjson$/.test(name))
    .map(name => ({file: join(folder, name), base: Number(name.slice(0, 20))}));
}

/** Reads how a segment ends, from its last bytes only; `null` when the file is gone. @throws {Failure} `data` */
export async function readTail({file, base}: Segment): Promise<Tail | null> {
  let handle: FileHandle;
  try {
    handle = await open(file, 'r');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null;
    throw error;
  }
  try {
    const {size} = await handle.stat();
    for (let length = Math.min(size, 65_536); ; length = Math.min(size, length * 4)) {
      const bytes = await readExactly(handle, size - length, length);
      const last = bytes.lastIndexOf(newline);
      const before = last < 0 ? -1 : bytes.lastIndexOf(newline, last - 1);
      if (length < size && (last < 1 || before < 0)) continue;
      const wholeBytes = size - length + last + 1;
      const torn = new Uint8Array(bytes.subarray(last + 1));
      if (last < 0) return {end: base, wholeBytes, torn};
      return {end: lastPosition(file, bytes.subarray(before + 1, last)) + 1, wholeBytes, torn};
    }
  } finally {
    await handle.close();
  }
}

/** A file that shrinks while it is read (a repair) gives fewer bytes. */
async function readExactly(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  let filled = 0;
  while (filled < length) {
    const {bytesRead} = await handle.read(bytes, filled, length - filled, position + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
}

function lastPosition(file: string, line: Buffer): number {
  try {
    return decodeRecord(line.toString('utf8')).position;
  } catch (error) {
    throw badFile(file, null, `its last line: ${reason(error)}`, error);
  }
}

/** A message, or what is wrong with the line at its place. */
export type Line =
  | {readonly position: number; readonly record: StoredRecord; readonly bytes: number}
  | {readonly position: number; readonly problem: Error; readonly line: number};

/**
 * The lines of a segment from a position on; lines before it are counted and not parsed. A line that is not the message
 * that belongs at its place is given as a `problem`, and reading goes on after it. A torn tail is not a line.
 */
export async function* readLines(
  {file, base}: Segment,
  from: number,
  signal: AbortSignal,
): AsyncGenerator<Line, void, undefined> {
  let position = base;
  let rest: Buffer[] = [];
  const stream = createReadStream(file, {highWaterMark: 262_144});
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      if (signal.aborted) return;
      let start = 0;
      for (let at = chunk.indexOf(newline); at >= 0; at = chunk.indexOf(newline, start)) {
        if (position >= from) {
          yield decodeLine(Buffer.concat([...rest, chunk.subarray(start, at)]), position, position - base + 1);
        }
        position++;
        rest = [];
        start = at + 1;
      }
      if (start < chunk.length) rest.push(chunk.subarray(start));
    }
  } catch (error) {
    // Retention or a purge may delete a segment under a reader: what was in it is gone.
    if (!hasCode(error, 'ENOENT')) throw error;
  } finally {
    stream.destroy();
  }
}

function decodeLine(bytes: Buffer, position: number, line: number): Line {
  try {
    const record = decodeRecord(new TextDecoder('utf-8', {fatal: true}).decode(bytes));
    if (record.position === position) return {position, record, bytes: bytes.length};
    throw new TypeError(`it holds position ${record.position} where ${position} belongs`);
  } catch (error) {
    return {position, problem: error instanceof Error ? error : new Error(String(error)), line};
  }
}

/** The failure that a bad line is, naming its file and line. */
export function lineFailure(segment: Segment, {problem, line}: Extract<Line, {problem: Error}>) {
  return badFile(segment.file, line, problem.message, problem);
}

/**
 * Mends a torn tail before anything is appended. A whole message that only lost its newline gets it back; half a message
 * was never confirmed to anyone: it is cut off, and kept beside the segment in `<segment>.torn`.
 * @returns the position after the last message
 */
export async function repairTail(segment: Segment): Promise<number> {
  const tail = await readTail(segment);
  if (!tail) return segment.base;
  if (tail.torn.length === 0) return tail.end;
  const whole = wholeRecord(tail.torn, tail.end);
  try {
    if (whole) await appendFile(segment.file, '\n');
    else await appendFile(`${segment.file}.torn`, Buffer.concat([tail.torn, Buffer.from('\n')]));
    const handle = await open(segment.file, 'r+');
    try {
      if (!whole) await handle.truncate(tail.wholeBytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw cannotWrite(segment.file, error);
  }
  return whole ? tail.end + 1 : tail.end;
}

function wholeRecord(bytes: Uint8Array, position: number): boolean {
  const line = decodeLine(Buffer.from(bytes), position, 0);
  return 'record' in line;
}

/**
 * Appends whole lines and returns once they are on the disk. When the disk refuses, what was begun is cut off again.
 * @throws {Failure} `cannotWrite`, `denied`; its `cause` is an AggregateError when the cutting off failed too, so that the
 * messages may or may not be stored
 */
export async function append(file: string, lines: string, {sync = true} = {}): Promise<void> {
  let handle: FileHandle;
  try {
    handle = await open(file, 'a');
  } catch (error) {
    throw cannotWrite(file, error);
  }
  try {
    const {size} = await handle.stat();
    try {
      await handle.appendFile(lines);
      if (sync) await handle.sync();
    } catch (error) {
      await handle.truncate(size).catch((second: unknown) => {
        throw cannotWrite(file, new AggregateError([error, second], String(error)));
      });
      throw cannotWrite(file, error);
    }
    if (sync && size === 0) await syncFolder(dirname(file));
  } finally {
    await handle.close();
  }
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
