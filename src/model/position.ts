import {parseDuration} from './duration.ts';
import {Failure} from './failure.ts';

/**
 * A place in a destination. Never a plain number: Pulsar and Kinesis do not fit, and Kafka's offsets are 64-bit.
 *
 * - `earliest`: the first message still held; `latest`: after the newest message.
 * - `offset`: the broker's own number (Kafka offset, stream sequence); only where positions are numbers.
 * - `time`: the first message at or after the time.
 * - `shift`: when reading, +N is N after `earliest` and -N is N before `latest`, in each partition; when moving a cursor,
 *   N messages from where it stands.
 * - `native`: a token this broker printed as a `position`.
 */
export type Position =
  | {readonly at: 'earliest'}
  | {readonly at: 'latest'}
  | {readonly at: 'offset'; readonly offset: bigint}
  | {readonly at: 'time'; readonly time: Date}
  | {readonly at: 'shift'; readonly by: bigint}
  | {readonly at: 'native'; readonly token: string};

const isoTime = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/i;

/**
 * Reads a position word of the command line: `earliest latest N +N -N @2026-11-23T09:00Z @-15m native:<token>`.
 * A time without a zone is UTC, as every time that brokerctl prints.
 * @throws {Failure} `usage`
 */
export function parsePosition(word: string, now: Date): Position {
  if (word === 'earliest' || word === 'latest') return {at: word};
  if (/^[+-]\d+$/.test(word)) return {at: 'shift', by: BigInt(word)};
  if (/^\d+$/.test(word)) return {at: 'offset', offset: BigInt(word)};
  if (word.startsWith('native:') && word.length > 7) return {at: 'native', token: word.slice(7)};
  if (word.startsWith('@')) {
    const time = parseTime(word.slice(1), now);
    if (time) return {at: 'time', time};
  }
  throw new Failure('usage', `"${word}" is not a position`, {
    hints: ['Use earliest, latest, N, +N, -N, @2026-11-23T09:00:00Z, @-15m or native:<token>.'],
  });
}

function parseTime(word: string, now: Date): Date | null {
  if (/^-\d+(?:\.\d+)?(?:ms|s|m|h|d|w)/.test(word)) {
    const then = new Date(now.getTime() - parseDuration(word.slice(1)));
    return Number.isNaN(then.getTime()) ? null : then;
  }
  if (!isoTime.test(word)) return null;
  const zoned = /(?:Z|[+-]\d{2}:?\d{2})$/i.test(word.slice(10)) || word.length === 10 ? word : `${word}Z`;
  const time = new Date(zoned.replace(' ', 'T'));
  return Number.isNaN(time.getTime()) ? null : time;
}

/** The word that `parsePosition` reads back. */
export function formatPosition(position: Position): string {
  switch (position.at) {
    case 'earliest':
    case 'latest':
      return position.at;
    case 'offset':
      return String(position.offset);
    case 'time':
      return `@${position.time.toISOString()}`;
    case 'shift':
      return position.by < 0n ? String(position.by) : `+${position.by}`;
    case 'native':
      return `native:${position.token}`;
  }
}
