import {setTimeout as sleep} from 'node:timers/promises';
import {Failure} from '../../model/failure.ts';
import type {Message} from '../../model/message.ts';
import {stopIfAborted} from '../errors.ts';
import type {Batch, Reader, ReadLimits, ReadRange} from '../port.ts';
import type {DestinationRecord} from './destinations.ts';
import {findDestination, viewOf, type Folder} from './folder.ts';
import {linesOf, type PartitionView, type Placed} from './partition.ts';
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
  /** What is left of the lines that were there at the last look; a segment is opened once, not once a batch. */
  lines: AsyncGenerator<Placed, void, undefined>;
  view: PartitionView;
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
  const courses: Course[] = [];
  const damaged: Batch[] = [];
  try {
    for (const partition of partitionsOf(record, range)) {
      const course = await setOut(folder, record, partition, range, signal);
      if (!('problem' in course)) courses.push(course);
      else damaged.push({partition, messages: [], next: null, end: null, problem: course.problem});
    }
    yield* damaged;
    yield* alternate(folder, record, courses, limits, signal);
  } finally {
    for (const {lines} of courses) await lines.return();
  }
}

/** Reads a batch of each partition in turn, until all have ended. */
async function* alternate(
  folder: Folder,
  record: DestinationRecord,
  courses: readonly Course[],
  limits: ReadLimits,
  signal: AbortSignal,
): AsyncGenerator<Batch, void, undefined> {
  let left = limits.messages ?? Number.POSITIVE_INFINITY;
  const bytes = Math.max(1, Math.floor(limits.batchBytes / Math.max(1, courses.length)));
  while (left > 0 && courses.some(({next, end}) => end === null || next < end)) {
    let moved = false;
    for (const course of courses) {
      if (left <= 0) return;
      stopIfAborted(signal);
      const batch = await readBatch(record, course, Math.min(Math.max(1, limits.batchMessages), left), bytes);
      stopIfAborted(signal);
      if (!batch) continue;
      moved = true;
      left -= batch.messages.length;
      yield batch;
    }
    if (moved) continue;
    await sleep(followMs, undefined, {signal}).catch(() => stopIfAborted(signal));
    for (const course of courses) await lookAgain(folder, record, course, signal);
  }
}

function partitionsOf(record: DestinationRecord, range: ReadRange): readonly (string | null)[] {
  const partitions = range.partitions ?? record.partitions;
  for (const partition of partitions) {
    if (record.partitions.includes(partition)) continue;
    throw new Failure('notFound', `"${record.name}" has no partition ${partition}`, {
      hints: [`Its partitions: brokerctl describe ${record.name}`],
    });
  }
  return partitions;
}

/** Fixes where a partition's read begins and ends. One that is damaged does not keep the others from being read. */
async function setOut(
  folder: Folder,
  record: DestinationRecord,
  partition: string | null,
  range: ReadRange,
  signal: AbortSignal,
): Promise<Course | {readonly problem: Failure}> {
  try {
    const view = await viewOf(folder, record, partition);
    const end = range.follow ? null : await resolvePosition(view, range.until, signal);
    const next = await resolvePosition(view, range.fromEach?.get(partition) ?? range.from, signal);
    return {partition, next, end, view, lines: linesOf(view, next, end ?? view.end, signal)};
  } catch (error) {
    if (error instanceof Failure && error.kind === 'data') return {problem: error};
    throw error;
  }
}

/** Takes up what a followed partition has got since. */
async function lookAgain(
  folder: Folder,
  record: DestinationRecord,
  course: Course,
  signal: AbortSignal,
): Promise<void> {
  const view = await viewOf(folder, record, course.partition);
  if (view.end <= course.next) return;
  course.view = view;
  course.lines = linesOf(view, course.next, view.end, signal);
}

/** Reads on in one partition; `null` when there is nothing new. A bad line ends the batch with its problem. */
async function readBatch(
  record: DestinationRecord,
  course: Course,
  mostMessages: number,
  mostBytes: number,
): Promise<Batch | null> {
  const {view, partition, next: from} = course;
  const messages: Message[] = [];
  let problem: Failure | null = null;
  for (let bytes = 0; !problem && messages.length < mostMessages && bytes < mostBytes;) {
    const {value: line} = await course.lines.next();
    if (!line) {
      // Nothing more is held up to the end: what is missing was removed.
      course.next = Math.max(course.next, course.end ?? view.end);
      break;
    }
    course.next = line.position + 1;
    if ('problem' in line) problem = lineFailure(line.segment, line);
    else {
      const deliveryCount = record.kind === 'queue' ? (view.state.deliveries.get(line.position) ?? 0) : null;
      messages.push(toMessage(line.record, {destination: record.name, partition, deliveryCount}));
      bytes += line.bytes;
    }
  }
  if (course.next === from) return null;
  const place = {next: String(course.next), end: course.end === null ? null : String(course.end)};
  return {partition, messages, ...place, ...(problem ? {problem} : {})};
}
