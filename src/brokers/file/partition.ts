import {rm, stat} from 'node:fs/promises';
import {hasCode} from './json-file.ts';
import {lineFailure, listSegments, readLines, readTail, type Line, type Segment} from './segment.ts';
import {readState, type PartitionState} from './partition-state.ts';
import {countWithin, holds} from './ranges.ts';
import type {StoredRecord} from './record.ts';

/** A partition as it stood at one moment. Taking the view writes nothing. */
export interface PartitionView {
  readonly id: string | null;
  readonly folder: string;
  readonly segments: readonly Segment[];
  readonly state: PartitionState;
  /** The first position that can be read, unless it was removed singly. */
  readonly start: number;
  /** The position after the newest whole message. */
  readonly end: number;
  /** The segment that ends in half a message, if one does. */
  readonly torn: Segment | null;
}

/** @throws {Failure} `data` */
export async function viewPartition(folder: string, id: string | null): Promise<PartitionView> {
  // The state first: retention writes it before it deletes segments, so that a start never lies before what is held.
  const state = await readState(folder);
  const segments = await listSegments(folder);
  const last = segments.at(-1);
  const tail = last ? await readTail(last) : null;
  const start = Math.max(state.start, segments[0]?.base ?? 0);
  const end = Math.max(start, tail?.end ?? 0);
  return {id, folder, segments, state, start, end, torn: last && tail && tail.torn.length > 0 ? last : null};
}

/** How many messages are held in [from, to). */
export function countHeld(view: PartitionView, from: number, to: number): number {
  const first = Math.max(from, view.start);
  const last = Math.min(to, view.end);
  return last <= first ? 0 : last - first - countWithin(view.state.removed, first, last);
}

/** The first held position at or after `from`; the end when there is none. */
export function firstHeld(view: PartitionView, from: number): number {
  let position = Math.max(from, view.start);
  for (const [first, after] of view.state.removed) if (first <= position && position < after) position = after;
  return Math.min(position, view.end);
}

/** The last held position before the end; `null` when nothing is held. */
export function lastHeld(view: PartitionView): number | null {
  let position = view.end - 1;
  for (const [first, after] of view.state.removed.toReversed()) {
    if (first <= position && position < after) position = first - 1;
  }
  return position < view.start ? null : position;
}

/** The position that has `count` held messages before it; the end when there are fewer. */
export function afterHeld(view: PartitionView, count: number): number {
  let position = firstHeld(view, view.start);
  for (let left = count; left > 0 && position < view.end;) {
    const next = view.state.removed.find(([from]) => from > position)?.[0] ?? view.end;
    const step = Math.min(left, next - position);
    position = firstHeld(view, position + step);
    left -= step;
  }
  return position;
}

/** What the partition's files take up on the disk. */
export async function bytesHeld(view: PartitionView): Promise<number> {
  let bytes = 0;
  for (const {file} of view.segments) {
    try {
      bytes += (await stat(file)).size;
    } catch (error) {
      if (!hasCode(error, 'ENOENT')) throw error;
    }
  }
  return bytes;
}

/** A line, and the segment it is in. */
export type Placed = Line & {readonly segment: Segment};

/** The lines held in [from, to), in order, bad ones among them. */
export async function* linesOf(
  view: PartitionView,
  from: number,
  to: number,
  signal: AbortSignal,
): AsyncGenerator<Placed, void, undefined> {
  const start = firstHeld(view, from);
  for (const [index, segment] of view.segments.entries()) {
    if (segment.base >= to) return;
    if ((view.segments[index + 1]?.base ?? Number.POSITIVE_INFINITY) <= start) continue;
    for await (const line of readLines(segment, start, signal)) {
      if (line.position >= to) return;
      if (!holds(view.state.removed, line.position)) yield {...line, segment};
    }
  }
}

/** The records held in [from, to). @throws {Failure} `data` at the first bad line */
export async function* recordsOf(
  view: PartitionView,
  from: number,
  to: number,
  signal: AbortSignal,
): AsyncGenerator<StoredRecord, void, undefined> {
  for await (const line of linesOf(view, from, to, signal)) {
    if ('problem' in line) throw lineFailure(line.segment, line);
    yield line.record;
  }
}

/** Deletes the segments whose messages all lie before the start. The state that says so has been written before. */
export async function dropSegments(view: PartitionView, start: number): Promise<void> {
  for (const [index, segment] of view.segments.entries()) {
    const after = view.segments[index + 1]?.base ?? view.end;
    if (after > start) return;
    await rm(segment.file, {force: true});
    await rm(`${segment.file}.torn`, {force: true});
  }
}
