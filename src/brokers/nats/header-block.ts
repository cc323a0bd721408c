import {Failure} from '../../model/failure.ts';
import type {Header} from '../../model/message.ts';

const begin = 'NATS/1.0';
const utf8 = new TextDecoder('utf-8', {fatal: true});

/**
 * Headers of a stored message, from the bytes of its header block: `NATS/1.0`, then `Name: value` lines. They are read
 * here and not by the client library, whose map loses the order of names that repeat and the bytes that are no text.
 */
export function readHeaders(block: Uint8Array): Header[] {
  const bytes = Buffer.from(block.buffer, block.byteOffset, block.byteLength);
  const headers: Header[] = [];
  // The first line is the version, with a status when the server itself speaks.
  for (let at = lineEnd(bytes, 0) + 2; at < bytes.length;) {
    const end = lineEnd(bytes, at);
    const colon = bytes.indexOf(0x3a, at);
    if (colon > at && colon < end) {
      const from = bytes[colon + 1] === 0x20 ? colon + 2 : colon + 1;
      headers.push(headerOf(bytes.toString('latin1', at, colon), bytes.subarray(from, end)));
    }
    at = end + 2;
  }
  return headers;
}

/** @throws {Failure} `data` for a header that has no place in a line */
export function writeHeaders(headers: readonly Header[]): Uint8Array {
  const parts: Uint8Array[] = [Buffer.from(`${begin}\r\n`)];
  for (const header of headers) {
    const value = valueBytes(header);
    if (!/^[!-9;-~]+$/.test(header.name) || value.includes(0x0a) || value.includes(0x0d)) {
      throw new Failure('data', `The header ${JSON.stringify(header.name)} cannot be held by NATS`, {
        broker: 'a name is printable ASCII without a colon, and neither it nor a value has a line break',
        hints: ['Leave the header out, or give it another name.'],
      });
    }
    parts.push(Buffer.from(`${header.name}: `), value, Buffer.from('\r\n'));
  }
  return Buffer.concat([...parts, Buffer.from('\r\n')]);
}

export function headerText(headers: readonly Header[], name: string): string | null {
  const found = headers.find(header => header.name.toLowerCase() === name.toLowerCase());
  return typeof found?.value === 'string' ? found.value : null;
}

function lineEnd(bytes: Buffer, from: number): number {
  const end = bytes.indexOf('\r\n', from, 'latin1');
  return end === -1 ? bytes.length : end;
}

function headerOf(name: string, value: Uint8Array): Header {
  try {
    return {name, type: 'string', value: utf8.decode(value)};
  } catch {
    return {name, type: 'bytes', value: Uint8Array.from(value)};
  }
}

function valueBytes({value}: Header): Uint8Array {
  if (value instanceof Uint8Array) return value;
  if (value instanceof Date) return Buffer.from(value.toISOString());
  if (typeof value === 'object' && value !== null) return Buffer.from(JSON.stringify(value, jsonSafe));
  return Buffer.from(value === null ? '' : String(value));
}

function jsonSafe(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return String(value);
  return value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value;
}
