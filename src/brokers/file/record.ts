import type {Header, HeaderType, HeaderValue, Message, OutgoingMessage} from '../../model/message.ts';
import {decodeBase64, decodeTime, decodeValue, encodeValue} from './value.ts';

/** One stored message: a line of a segment. */
export interface StoredRecord {
  /** Its place in the partition; places run from the segment's own number without a gap. */
  readonly position: number;
  readonly stored: Date;
  readonly message: Omit<OutgoingMessage, 'partition'>;
}

const headerTypes = new Set<string>(
  ['string', 'bytes', 'boolean', 'timestamp', 'decimal', 'null', 'table', 'array', 'float', 'double'].concat(
    ['8', '16', '32', '64'].flatMap(bits => [`int${bits}`, `uint${bits}`]),
  ),
);

/** A message as the part of its line that does not depend on where it is stored. */
export type EncodedMessage = string & {readonly encoded: unique symbol};

/**
 * Bodies and keys that are UTF-8 stay readable (`"body":"…"`), others are base64 (`"body64":"…"`); `null` and empty differ.
 * @throws {TypeError | RangeError} when the message holds something that cannot be stored: an invalid Date, a function
 */
export function encodeMessage(message: StoredRecord['message']): EncodedMessage {
  const json = {
    ...(message.timestamp === null ? {} : {timestamp: message.timestamp.toISOString()}),
    ...(message.id === null ? {} : {id: message.id}),
    ...encodeBytes('key', message.key),
    ...(message.headers.length === 0 ? {} : {headers: message.headers.map(encodeHeader)}),
    ...encodeBytes('body', message.body),
    ...(message.native && Object.keys(message.native).length > 0 ? {native: encodeValue(message.native)} : {}),
  };
  return JSON.stringify(json).slice(1) as EncodedMessage;
}

/** One line of a segment, with its newline. */
export function encodeLine(position: number, stored: Date, message: EncodedMessage): string {
  return `{"position":${position},"stored":"${stored.toISOString()}",${message}\n`;
}

/** @throws {TypeError | SyntaxError | RangeError} saying what is wrong with the line */
export function decodeRecord(line: string): StoredRecord {
  const json: unknown = JSON.parse(line);
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw new TypeError('it is not a JSON object');
  const fields: Readonly<Record<string, unknown>> = {...json};
  const {position, stored, timestamp, id, headers = [], native = {}} = fields;
  if (!Number.isSafeInteger(position) || Number(position) < 0) throw new TypeError('"position" is not a whole number');
  if (id !== undefined && typeof id !== 'string') throw new TypeError('"id" is not text');
  if (!Array.isArray(headers)) throw new TypeError('"headers" is not a list');
  if (typeof native !== 'object' || native === null || Array.isArray(native)) {
    throw new TypeError('"native" is not an object');
  }
  return {
    position: Number(position),
    stored: decodeTime(stored),
    message: {
      key: decodeBytes('key', fields),
      headers: headers.map(decodeHeader),
      body: decodeBytes('body', fields),
      timestamp: timestamp === undefined ? null : decodeTime(timestamp),
      id: id ?? null,
      native: {...(decodeValue(native) as object)},
    },
  };
}

/** The record as a message of the port. A message without a time of its own shows the broker's. */
export function toMessage(
  {position, stored, message}: StoredRecord,
  at: {destination: string; partition: string | null; deliveryCount: number | null},
): Message {
  return {
    destination: at.destination,
    partition: at.partition,
    position: String(position),
    key: message.key,
    headers: message.headers,
    body: message.body,
    timestamp: message.timestamp ?? stored,
    timestampKind: message.timestamp ? 'producer' : 'broker',
    storedAt: stored,
    id: message.id,
    deliveryCount: at.deliveryCount,
    native: message.native ?? {},
  };
}

function encodeBytes(name: string, bytes: Uint8Array | null): Readonly<Record<string, string | null>> {
  if (bytes === null) return {[name]: null};
  try {
    return {[name]: new TextDecoder('utf-8', {fatal: true, ignoreBOM: true}).decode(bytes)};
  } catch {
    return {[`${name}64`]: Buffer.from(bytes).toString('base64')};
  }
}

function decodeBytes(name: string, fields: Readonly<Record<string, unknown>>): Uint8Array | null {
  const base64 = fields[`${name}64`];
  const text = fields[name];
  if (base64 !== undefined && text !== undefined) throw new TypeError(`it has both "${name}" and "${name}64"`);
  if (typeof base64 === 'string') return decodeBase64(base64);
  if (base64 !== undefined) throw new TypeError(`"${name}64" is not text`);
  if (typeof text === 'string') return new TextEncoder().encode(text);
  if (text === null || text === undefined) return null;
  throw new TypeError(`"${name}" is not text`);
}

function encodeHeader({name, type, value}: Header): unknown {
  return [name, type, isHeaders(value) ? value.map(encodeHeader) : encodeValue(value)];
}

function decodeHeader(json: unknown): Header {
  if (!Array.isArray(json) || json.length !== 3) throw new TypeError('a header is not [name, type, value]');
  const [name, type, value] = json as unknown[];
  if (typeof name !== 'string') throw new TypeError("a header's name is not text");
  if (!isHeaderType(type)) throw new TypeError(`${JSON.stringify(type)} is not a header type`);
  if (Array.isArray(value)) return {name, type, value: value.map(decodeHeader)};
  const scalar = decodeValue(value);
  if (!isScalar(scalar)) throw new TypeError(`the value of header "${name}" is not one`);
  return {name, type, value: scalar};
}

function isHeaders(value: HeaderValue): value is readonly Header[] {
  return Array.isArray(value);
}

function isHeaderType(type: unknown): type is HeaderType {
  return typeof type === 'string' && headerTypes.has(type);
}

function isScalar(value: unknown): value is Exclude<HeaderValue, readonly Header[]> {
  return value === null || typeof value !== 'object' || value instanceof Date || value instanceof Uint8Array;
}
