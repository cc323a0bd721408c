import type {Header} from '../../../model/message.ts';
import {Partitioner} from '../partitioner.ts';
import type {Random} from './random.ts';
import type {StoryMessage, StoryProgress} from './story.ts';

export const minuteMs = 60_000;
export const hourMs = 60 * minuteMs;

export interface Told {
  readonly key?: string | null;
  readonly headers?: readonly Header[];
  readonly body: string | Uint8Array | null;
  readonly id?: string;
  readonly native?: Readonly<Record<string, unknown>>;
}

/**
 * `count` messages, evenly spread over the time up to `now` with a little jitter, in order.
 * @param partitions `null` for a queue
 */
export function spread(
  random: Random,
  {now, overMs, count, partitions}: {now: Date; overMs: number; count: number; partitions: number | null},
  tell: (index: number, time: Date) => Told,
): StoryMessage[] {
  const names = partitions === null ? [null] : Array.from({length: partitions}, (_, index) => String(index));
  const partitioner = new Partitioner(names);
  const stepMs = overMs / count;
  return Array.from({length: count}, (_, index) => {
    const timestamp = new Date(Math.floor(now.getTime() - overMs + stepMs * (index + random.next() * 0.9)));
    const {key = null, headers = [], body, id = null, native} = tell(index, timestamp);
    const keyBytes = key === null ? null : bytes(key);
    return {
      partition: partitioner.partitionFor(keyBytes),
      key: keyBytes,
      headers,
      body: typeof body === 'string' ? bytes(body) : body,
      timestamp,
      id,
      ...(native ? {native} : {}),
    };
  });
}

/** Progress in every partition: `read` says how many of its messages are read. */
export function progressIn(
  destination: string,
  partitions: number,
  messages: readonly StoryMessage[],
  read: (count: number, partition: string) => Omit<StoryProgress, 'destination' | 'partition'> | number | null,
): StoryProgress[] {
  return Array.from({length: partitions}, (_, index) => {
    const partition = String(index);
    const count = messages.filter(message => message.partition === partition).length;
    const told = read(count, partition);
    return {destination, partition, ...(told === null || typeof told === 'number' ? {read: told} : told)};
  });
}

export function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

export function header(name: string, value: string): Header {
  return {name, type: 'string', value};
}

export function bytesHeader(name: string, value: Uint8Array): Header {
  return {name, type: 'bytes', value};
}

export function json(value: unknown): string {
  return JSON.stringify(value);
}

/** A W3C trace context, as tracing libraries add it to every message. */
export function traceparent(random: Random): Header {
  return header('traceparent', `00-${random.hex(32)}-${random.hex(16)}-01`);
}

export function amount(random: Random): number {
  return random.between(499, 24_999) / 100;
}
