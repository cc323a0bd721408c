import {setTimeout as sleep} from 'node:timers/promises';
import {Failure} from '../../model/failure.ts';
import type {Message} from '../../model/message.ts';
import {stopIfAborted} from '../errors.ts';
import type {Batch, Reader, ReadLimits, ReadRange} from '../port.ts';
import type {DestinationRecord} from './destinations.ts';
import {findDestination, viewOf, type Folder} from './folder.ts';
import {linesOf, type PartitionView} from './partition.ts';
import {resolvePosition} from './positions.ts';
import {toMessage} from './record.ts';
import {lineFailure} from './segment.ts';

/** How often a following read looks for new messages. */
const followMs = 100;

/** A partition that is being read. */
interface Course {
  readonly partition: string | null;
  next: number;
  /** `null` when following. */
  readonly end: number | null;
}

export function fileReader(folder: Folder): Reader {
  return {read: (range, limits, signal) => read(folder, range, limits, signal)};
}

async function* read(
  folder: Folder,
  range: ReadRange,
  limits: ReadLimits,
  signal: AbortSignal,
): AsyncGenerator<Batch, void, undefined> {
  stopIfAborted(signal);
  const record = await findDestination(folder, range.destination);
  let courses = await setOut(folder, record, range, signal);
  let left = limits.messages ?? Number.POSITIVE_INFINITY;
  const share = {
    messages: Math.max(1, limits.batchMessages),
    bytes: Math.max(1, Math.floor(limits.batchBytes / Math.max(1, courses.length))),
  };
  while (left > 0) {
    courses = courses.filter(({next, end}) => end === null || next < end);
    if (courses.length === 0) return;
    let moved = false;
    for (const course of courses) {
      if (left <= 0) return;
      stopIfAborted(signal);
      const from = course.next;
      const view = await viewOf(folder, record, course.partition);
      const batch = await readBatch(record, view, course, {...share, messages: Math.min(share.messages, left)}, signal);
      stopIfAborted(signal);
      moved ||= course.next > from;
      left -= batch?.messages.length ?? 0;
      if (batch) yield batch;
    }
    if (!moved) await sleep(followMs, undefined, {signal}).catch(() => stopIfAborted(signal));
  }
}

/** Fixes where each partition's read begins and ends, before the first message is read. */
async function setOut(folder: Folder, record: DestinationRecord, range: ReadRange, signal: AbortSignal) {
  const courses: Course[] = [];
  for (const partition of range.partitions ?? record.partitions) {
    if (!record.partitions.includes(partition)) {
      throw new Failure('notFound', `"${record.name}" has no partition ${partition}`, {
        hints: [`Its partitions: brokerctl describe ${record.name}`],
      });
    }
    const view = await viewOf(folder, record, partition);
    const end = range.follow ? null : await resolvePosition(view, range.until, signal);
    const next = await resolvePosition(view, range.fromEach?.get(partition) ?? range.from, signal);
    courses.push({partition, next, end});
  }
  return courses;
}

/** Reads on in one partition and moves its course; `null` when there is nothing new. A bad line ends the batch with its problem. */
async function readBatch(
  record: DestinationRecord,
  view: PartitionView,
  course: Course,
  limits: {readonly messages: number; readonly bytes: number},
  signal: AbortSignal,
): Promise<Batch | null> {
  const from = course.next;
  const end = Math.min(course.end ?? view.end, view.end);
  const messages: Message[] = [];
  let bytes = 0;
  let problem: Failure | null = null;
  let next = from;
  for await (const line of linesOf(view, from, end, signal)) {
    next = line.position + 1;
    if ('problem' in line) {
      problem = lineFailure(line.segment, line);
      break;
    }
    const deliveryCount = record.kind === 'queue' ? (view.state.deliveries.get(line.position) ?? 0) : null;
    messages.push(toMessage(line.record, {destination: record.name, partition: view.id, deliveryCount}));
    bytes += line.bytes;
    if (messages.length >= limits.messages || bytes >= limits.bytes) break;
  }
  const full = messages.length >= limits.messages || bytes >= limits.bytes;
  // Nothing more is held up to the end: what is missing was removed, or its partition is shorter than it was.
  course.next = full || problem ? next : Math.max(from, course.end ?? end);
  if (course.next === from) return null;
  const place = {next: String(course.next), end: course.end === null ? null : String(course.end)};
  return {partition: view.id, messages, ...place, ...(problem ? {problem} : {})};
}
