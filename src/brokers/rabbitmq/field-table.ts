import {Failure} from '../../model/failure.ts';
import type {Header, HeaderType, HeaderValue} from '../../model/message.ts';

/*
 * Field tables of AMQP 0-9-1 with the type letters RabbitMQ uses (https://www.rabbitmq.com/amqp-0-9-1-errata, section 3).
 * The client library's own codec maps every number to one JavaScript type and guesses a letter when it writes: an int64
 * comes back as an int8, and large ones lose digits. Here each letter has a header type of its own, both ways.
 */

/** One entry with the very bytes it had. */
export interface Entry {
  readonly header: Header;
  readonly bytes: Buffer;
}

/** Deeper nesting than this is refused: it would end in a stack overflow instead of a Failure. */
const deepest = 200;
const latestDateSeconds = 8_640_000_000_000n;
const utf8 = new TextDecoder('utf-8', {fatal: true, ignoreBOM: true});

/** Reads the bytes of a table, without their length. @throws {Failure} `data` on anything cut short or unknown */
export function decodeTable(bytes: Buffer): readonly Entry[] {
  const cursor = new Cursor(bytes);
  const entries: Entry[] = [];
  while (cursor.left > 0) {
    const start = cursor.offset;
    const name = decodeName(cursor.take(cursor.uint8()));
    const header = {name, ...decodeValue(cursor, 0)};
    entries.push({header, bytes: bytes.subarray(start, cursor.offset)});
  }
  return entries;
}

/** Writes a table, without its length. @throws {Failure} `data` on a header that AMQP cannot hold */
export function encodeTable(headers: readonly Header[]): Buffer {
  return Buffer.concat(headers.map(encodeEntry));
}

/**
 * Writes a table like `encodeTable`, but a header that stands unchanged in `original` keeps the bytes it has there: they
 * may hold what a Header cannot tell, such as a text that is not UTF-8.
 */
export function encodeTableLike(headers: readonly Header[], original: readonly Entry[]): Buffer {
  const kept = new Map(original.map(({header, bytes}) => [encodeEntry(header).toString('latin1'), bytes]));
  return Buffer.concat(headers.map(encodeEntry).map(bytes => kept.get(bytes.toString('latin1')) ?? bytes));
}

/** True when writing the headers anew gives the same bytes. */
export function isExact(entries: readonly Entry[]): boolean {
  return entries.every(({header, bytes}) => encodeEntry(header).equals(bytes));
}

interface Typed {
  readonly type: HeaderType;
  readonly value: HeaderValue;
}

class Cursor {
  readonly #bytes: Buffer;
  offset = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get left(): number {
    return this.#bytes.length - this.offset;
  }

  take(length: number): Buffer {
    if (length > this.left) throw malformed(`${length} bytes announced, ${this.left} left`);
    this.offset += length;
    return this.#bytes.subarray(this.offset - length, this.offset);
  }

  uint8(): number {
    return this.take(1).readUInt8();
  }

  long(): Buffer {
    return this.take(this.take(4).readUInt32BE());
  }
}

function decodeValue(cursor: Cursor, depth: number): Typed {
  if (depth > deepest) throw malformed(`nested deeper than ${deepest}`);
  const letter = String.fromCharCode(cursor.uint8());
  switch (letter) {
    case 't':
      return {type: 'boolean', value: cursor.uint8() !== 0};
    case 'b':
      return {type: 'int8', value: cursor.take(1).readInt8()};
    case 'B':
      return {type: 'uint8', value: cursor.uint8()};
    case 's':
      return {type: 'int16', value: cursor.take(2).readInt16BE()};
    case 'u':
      return {type: 'uint16', value: cursor.take(2).readUInt16BE()};
    case 'I':
      return {type: 'int32', value: cursor.take(4).readInt32BE()};
    case 'i':
      return {type: 'uint32', value: cursor.take(4).readUInt32BE()};
    case 'l':
      return {type: 'int64', value: cursor.take(8).readBigInt64BE()};
    case 'f':
      return {type: 'float', value: cursor.take(4).readFloatBE()};
    case 'd':
      return {type: 'double', value: cursor.take(8).readDoubleBE()};
    case 'D':
      return {type: 'decimal', value: decimalText(cursor.uint8(), cursor.take(4).readUInt32BE())};
    case 'T':
      return {type: 'timestamp', value: timeOf(cursor.take(8).readBigUInt64BE())};
    case 'S':
      return textOrBytes(cursor.long());
    case 'x':
      return {type: 'bytes', value: Uint8Array.from(cursor.long())};
    case 'V':
      return {type: 'null', value: null};
    case 'F': {
      const inner = new Cursor(cursor.long());
      const headers: Header[] = [];
      while (inner.left > 0)
        headers.push({name: decodeName(inner.take(inner.uint8())), ...decodeValue(inner, depth + 1)});
      return {type: 'table', value: headers};
    }
    case 'A': {
      const inner = new Cursor(cursor.long());
      const headers: Header[] = [];
      while (inner.left > 0) headers.push({name: '', ...decodeValue(inner, depth + 1)});
      return {type: 'array', value: headers};
    }
    default:
      throw malformed(`unknown type ${JSON.stringify(letter)}`);
  }
}

function encodeEntry(header: Header): Buffer {
  const name = Buffer.from(header.name);
  if (name.length > 255) throw unfit(header, 'a name has at most 255 bytes');
  return Buffer.concat([Buffer.of(name.length), name, encodeValue(header)]);
}

function encodeValue(header: Header): Buffer {
  const {type, value} = header;
  switch (type) {
    case 'boolean':
      return letter('t', Buffer.of(must(header, typeof value === 'boolean', value) ? 1 : 0));
    case 'int8':
      return integer(header, 'b', 1, true);
    case 'uint8':
      return integer(header, 'B', 1, false);
    case 'int16':
      return integer(header, 's', 2, true);
    case 'uint16':
      return integer(header, 'u', 2, false);
    case 'int32':
      return integer(header, 'I', 4, true);
    case 'uint32':
      return integer(header, 'i', 4, false);
    case 'int64':
      return integer(header, 'l', 8, true);
    case 'uint64':
      throw unfit(header, 'RabbitMQ has no unsigned 64-bit number');
    case 'float': {
      const out = Buffer.alloc(4);
      out.writeFloatBE(finite(header));
      return letter('f', out);
    }
    case 'double': {
      const out = Buffer.alloc(8);
      out.writeDoubleBE(finite(header));
      return letter('d', out);
    }
    case 'decimal':
      return letter('D', decimalBytes(header));
    case 'timestamp':
      return letter('T', timestampBytes(header));
    case 'string':
      return letter('S', long(Buffer.from(must(header, typeof value === 'string', value) as string)));
    case 'bytes':
      return letter('x', long(must(header, value instanceof Uint8Array, value) as Uint8Array));
    case 'null':
      return letter('V');
    case 'table':
      return letter('F', long(encodeTable(inner(header))));
    case 'array':
      return letter('A', long(Buffer.concat(inner(header).map(encodeValue))));
  }
}

function letter(code: string, ...rest: Uint8Array[]): Buffer {
  return Buffer.concat([Buffer.from(code, 'latin1'), ...rest]);
}

function long(bytes: Uint8Array): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

function integer(header: Header, code: string, size: number, signed: boolean): Buffer {
  const {value} = header;
  if (typeof value !== 'bigint' && !(typeof value === 'number' && Number.isInteger(value))) {
    throw unfit(header, 'the value is not an integer');
  }
  const bits = size * 8;
  const wide = BigInt(value);
  if (wide !== (signed ? BigInt.asIntN(bits, wide) : BigInt.asUintN(bits, wide))) {
    throw unfit(header, `${wide} is out of its range`);
  }
  const out = Buffer.alloc(8);
  out.writeBigUInt64BE(BigInt.asUintN(64, wide));
  return letter(code, out.subarray(8 - size));
}

function finite(header: Header): number {
  // Every server closes the whole connection on NaN and the infinities.
  if (typeof header.value !== 'number' || !Number.isFinite(header.value)) {
    throw unfit(header, 'RabbitMQ takes finite numbers only');
  }
  return header.value;
}

function inner(header: Header): readonly Header[] {
  if (!Array.isArray(header.value)) throw unfit(header, 'the value is not a list');
  return header.value as readonly Header[];
}

function decimalText(scale: number, digits: number): string {
  const text = String(digits).padStart(scale + 1, '0');
  return scale === 0 ? text : `${text.slice(0, -scale)}.${text.slice(-scale)}`;
}

function decimalBytes(header: Header): Buffer {
  const match = typeof header.value === 'string' ? /^(\d+)(?:\.(\d{1,255}))?$/.exec(header.value) : null;
  const digits = BigInt(match ? `${match[1]}${match[2] ?? ''}` : -1);
  if (!match || digits > 0xff_ff_ff_ffn) throw unfit(header, 'AMQP decimals are positive and have 32 bits');
  const out = Buffer.alloc(5);
  out.writeUInt8(match[2]?.length ?? 0);
  out.writeUInt32BE(Number(digits), 1);
  return out;
}

/** A Date, or the seconds themselves where no Date is so late. */
function timeOf(seconds: bigint): Date | bigint {
  return seconds > latestDateSeconds ? seconds : new Date(Number(seconds) * 1000);
}

function timestampBytes(header: Header): Buffer {
  const {value} = header;
  const seconds = value instanceof Date ? value.getTime() / 1000 : value;
  if ((typeof seconds !== 'bigint' && !Number.isInteger(seconds)) || Number(seconds) < 0) {
    throw unfit(header, 'AMQP timestamps are whole seconds since 1970');
  }
  const out = Buffer.alloc(8);
  out.writeBigUInt64BE(BigInt.asUintN(64, BigInt(seconds as number | bigint)));
  return out;
}

function textOrBytes(bytes: Buffer): Typed {
  try {
    return {type: 'string', value: utf8.decode(bytes)};
  } catch {
    return {type: 'bytes', value: Uint8Array.from(bytes)};
  }
}

function decodeName(bytes: Buffer): string {
  return bytes.toString('utf8');
}

function must<T>(header: Header, fits: boolean, value: T): T {
  if (!fits) throw unfit(header, `the value is not of type ${header.type}`);
  return value;
}

function malformed(why: string): Failure {
  return new Failure('data', `A header table could not be read: ${why}`);
}

function unfit(header: Header, why: string): Failure {
  return new Failure('data', `RabbitMQ cannot hold the header "${header.name}" (${header.type}): ${why}`, {
    hints: ['Leave it out: --strip-header NAME'],
  });
}
