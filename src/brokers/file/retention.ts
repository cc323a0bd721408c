import type {DestinationRecord} from './destinations.ts';
import {layout} from './layout.ts';
import {
  afterHeld,
  bytesHeld,
  countHeld,
  dropSegments,
  linesOf,
  viewPartition,
  type PartitionView,
} from './partition.ts';
import {writeState} from './partition-state.ts';

/**
 * Removes what a destination no longer keeps: messages older than `ageMs`, then the oldest above `messages`, then the
 * oldest whole segments while the rest still holds `bytes`. Limits hold per partition. The write lock is held.
 * @returns how many messages went
 */
export async function applyRetention(path: string, record: DestinationRecord, now: Date): Promise<number> {
  const {ageMs, bytes, messages} = record.retention;
  if (ageMs === null && bytes === null && messages === null) return 0;
  let removed = 0;
  for (const partition of record.partitions) {
    const view = await viewPartition(layout.partition(path, record.name, partition), partition);
    const held = countHeld(view, view.start, view.end);
    const start = Math.max(
      view.start,
      ageMs === null ? 0 : await firstYounger(view, now.getTime() - ageMs),
      messages === null || held <= messages ? 0 : afterHeld(view, held - messages),
      bytes === null ? 0 : await afterBytes(view, bytes),
    );
    if (start > view.start) removed += await cut(view, start);
  }
  return removed;
}

/** Moves a partition's start, forgets what lies before it, and deletes the segments that hold nothing else. */
export async function cut(view: PartitionView, start: number): Promise<number> {
  const removed = countHeld(view, view.start, start);
  const state = await writeState(view.folder, {...view.state, start});
  await dropSegments(view, state.start);
  return removed;
}

async function firstYounger(view: PartitionView, before: number): Promise<number> {
  for await (const line of linesOf(view, view.start, view.end, new AbortController().signal)) {
    // A line nobody can read is never removed by its age.
    if ('problem' in line) return line.position;
    const {stored, message} = line.record;
    if ((message.timestamp ?? stored).getTime() >= before) return line.position;
  }
  return view.end;
}

async function afterBytes(view: PartitionView, limit: number): Promise<number> {
  let bytes = await bytesHeld(view);
  for (const [index, segment] of view.segments.entries()) {
    const next = view.segments[index + 1];
    bytes -= await bytesHeld({...view, segments: [segment]});
    if (!next || bytes < limit) return segment.base;
  }
  return 0;
}
