import {isUtf8} from 'node:buffer';
import type {Header} from '../model/message.ts';
import {cloudEventOf} from './cloud-event.ts';

/** A body as it is shown. Nothing is lost: `value` and `encoding` together give back every byte, or the same JSON. */
export interface DecodedBody {
  /** Parsed JSON, text, or base64; `null` for a message without a body. */
  readonly value: unknown;
  readonly encoding: 'json' | 'utf8' | 'base64' | null;
  readonly bytes: number | null;
  /**
   * What the bytes are: `json text binary empty cloudevents cloudevents+json avro avro-file protobuf confluent glue`; `null`
   * without a body. Without a content type or a magic number, Avro and Protobuf are `binary`.
   */
  readonly format: string | null;
  /** The schema or event type that the message names, such as `registry id 42`. */
  readonly schema: string | null;
}

/**
 * Decodes a body by its content type, headers and first bytes.
 * @param contentType where the broker keeps it apart from the headers
 */
export function decodeBody(
  body: Uint8Array | null,
  headers: readonly Header[],
  contentType: string | null,
): DecodedBody {
  if (body === null) return {value: null, encoding: null, bytes: null, format: null, schema: null};
  const type = (contentType ?? textHeader(headers, 'content-type') ?? '').toLowerCase();
  const plain = decodePlain(body, /[/+]json\b/.test(type));
  const named = formatOf(body, type);
  if (named) return {...plain, ...named};
  const event = cloudEventOf(headers, type, plain.encoding === 'json' ? plain.value : null);
  return event ? {...plain, ...event} : plain;
}

/** A header's text by its name, whatever the case; `null` when there is none. */
export function textHeader(headers: readonly Header[], name: string): string | null {
  const value = headers.find(header => header.name.toLowerCase() === name)?.value;
  return typeof value === 'string' ? value : null;
}

function decodePlain(body: Uint8Array, saidJson: boolean): DecodedBody {
  const bytes = body.length;
  if (bytes === 0) return {value: '', encoding: 'utf8', bytes, format: 'empty', schema: null};
  // A zero byte is valid UTF-8, but no text has one.
  if (!isUtf8(body) || body.includes(0)) {
    return {value: Buffer.from(body).toString('base64'), encoding: 'base64', bytes, format: 'binary', schema: null};
  }
  const text = Buffer.from(body.buffer, body.byteOffset, bytes).toString('utf8');
  const json = parseJson(text, saidJson);
  if (json === undefined) return {value: text, encoding: 'utf8', bytes, format: 'text', schema: null};
  const exact = keepsNumbers(text);
  return {value: exact ? json : text, encoding: exact ? 'json' : 'utf8', bytes, format: 'json', schema: null};
}

/** Objects and lists; a bare `42` or `true` is text unless its sender says that it is JSON. */
function parseJson(text: string, saidJson: boolean): unknown {
  if (!saidJson && !/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** False where a number might lose digits as a double: the text is then shown as it is. */
function keepsNumbers(text: string): boolean {
  return !/\d{16}|\.\d{15}|\d[eE][+-]?\d{3}/.test(text);
}

/** What a content type or the first bytes say by themselves. */
function formatOf(body: Uint8Array, type: string): Pick<DecodedBody, 'format' | 'schema'> | null {
  const byType = /avro/.test(type) ? 'avro' : /proto/.test(type) ? 'protobuf' : null;
  const view = new DataView(body.buffer, body.byteOffset, body.length);
  // Confluent wire format: a zero byte, then the registry's schema id, big-endian.
  if (body.length > 5 && body[0] === 0 && view.getInt32(1) > 0)
    return {format: byType ?? 'confluent', schema: `registry id ${view.getInt32(1)}`};
  // Avro single-object encoding: C3 01, then the schema's fingerprint, little-endian.
  if (body.length > 10 && body[0] === 0xc3 && body[1] === 0x01)
    return {format: 'avro', schema: `fingerprint ${view.getBigUint64(2, true).toString(16).padStart(16, '0')}`};
  if (body.length > 4 && view.getUint32(0) === 0x4f626a01) return {format: 'avro-file', schema: null};
  // AWS Glue: 03, the compression (00 none, 05 zlib), then the schema version's UUID.
  if (body.length > 18 && body[0] === 3 && (body[1] === 0 || body[1] === 5))
    return {format: byType ?? 'glue', schema: `version ${Buffer.from(body.subarray(2, 18)).toString('hex')}`};
  return byType === null ? null : {format: byType, schema: null};
}
