import type {Header} from '../model/message.ts';
import type {MessageFailure} from '../model/rows/message.ts';
import {type FailureHeaders, frameworks} from './failure-headers.ts';

/**
 * Reads why a message was dead-lettered from what frameworks and brokers write into its headers. The first framework of the
 * table whose headers are there is taken: an application's own account stands before the broker's.
 * @returns `null` when the headers say nothing of a failure
 */
export function failureOf(headers: readonly Header[]): MessageFailure | null {
  if (headers.length === 0) return null;
  // Of a repeated header the last is the newest.
  const byName = new Map(headers.map(header => [header.name.toLowerCase(), header]));
  const found = frameworks.find(({marks}) => marks.some(mark => byName.has(mark)));
  return found ? fromNames(found, byName) : fromDeaths(byName);
}

function fromNames(names: FailureHeaders, byName: ReadonlyMap<string, Header>): MessageFailure {
  const first = (list: readonly string[] = []): Header | undefined =>
    list.map(name => byName.get(name)).find(header => header !== undefined);
  return {
    framework: names.framework,
    reason: textOf(first(names.reason)),
    exception: textOf(first(names.exception)),
    destination: textOf(first(names.destination)),
    partition: wholeOf(first(names.partition)),
    position: wholeOf(first(names.position)),
    subscription: textOf(first(names.subscription)),
    attempts: numberOf(first(names.attempts)),
    failedAt: timeOf(first(names.failedAt)),
  };
}

/** RabbitMQ's own record, newest death first. A count is kept per queue and reason. */
function fromDeaths(byName: ReadonlyMap<string, Header>): MessageFailure | null {
  const deaths = byName.get('x-death')?.value;
  const newest: unknown = Array.isArray(deaths) ? (deaths[0] as Header | undefined)?.value : undefined;
  if (!Array.isArray(newest)) return null;
  const fields = new Map((newest as readonly Header[]).map(header => [header.name, header]));
  return {
    framework: 'RabbitMQ',
    reason: textOf(fields.get('reason')),
    exception: null,
    destination: textOf(fields.get('queue')),
    partition: null,
    position: null,
    subscription: null,
    attempts: numberOf(fields.get('count')),
    failedAt: timeOf(fields.get('time')),
  };
}

function textOf(header: Header | undefined): string | null {
  if (header === undefined || header.value === null) return null;
  return header.value instanceof Uint8Array ? Buffer.from(header.value).toString('utf8') : plainText(header.value);
}

function plainText(value: Header['value']): string | null {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'bigint' ? String(value) : null;
}

/** A whole number: a number, decimal text, or Spring's 4 or 8 bytes, big-endian. */
function wholeOf(header: Header | undefined): string | null {
  const text = header?.value instanceof Uint8Array ? null : textOf(header);
  if (text !== null && /^\d+$/.test(text)) return text;
  const bytes = header?.value;
  const raw = bytes instanceof Uint8Array ? bytes : text === null ? null : Buffer.from(text, 'utf8');
  if (raw?.length !== 4 && raw?.length !== 8) return null;
  const view = new DataView(raw.buffer, raw.byteOffset, raw.length);
  return String(raw.length === 4 ? view.getInt32(0) : view.getBigInt64(0));
}

function numberOf(header: Header | undefined): number | null {
  const whole = wholeOf(header);
  return whole === null ? null : Number(whole);
}

/** A time, milliseconds since 1970, or ISO text. */
function timeOf(header: Header | undefined): Date | null {
  if (header?.value instanceof Date) return header.value;
  const whole = wholeOf(header);
  const text = textOf(header);
  const time = whole !== null ? new Date(Number(whole)) : text === null ? null : new Date(text);
  return time === null || Number.isNaN(time.getTime()) ? null : time;
}
