import {Failure} from '../../model/failure.ts';

/** The 14 properties in the order of their flag bits, from bit 15 down, with the type each has on the wire. */
const layout = [
  ['contentType', 'text'],
  ['contentEncoding', 'text'],
  ['headers', 'table'],
  ['deliveryMode', 'octet'],
  ['priority', 'octet'],
  ['correlationId', 'text'],
  ['replyTo', 'text'],
  ['expiration', 'text'],
  ['messageId', 'text'],
  ['timestamp', 'time'],
  ['type', 'text'],
  ['userId', 'text'],
  ['appId', 'text'],
  ['clusterId', 'text'],
] as const;

/**
 * A message's basic properties as they stand on the wire; one that is absent is not sent. A text that is not UTF-8 stays
 * bytes, `headers` are the bytes of the table without their length, `timestamp` is whatever number the sender put there.
 */
export interface BasicProperties {
  contentType?: string | Uint8Array;
  contentEncoding?: string | Uint8Array;
  headers?: Buffer;
  deliveryMode?: number;
  priority?: number;
  correlationId?: string | Uint8Array;
  replyTo?: string | Uint8Array;
  expiration?: string | Uint8Array;
  messageId?: string | Uint8Array;
  timestamp?: bigint;
  type?: string | Uint8Array;
  userId?: string | Uint8Array;
  appId?: string | Uint8Array;
  clusterId?: string | Uint8Array;
}

const utf8 = new TextDecoder('utf-8', {fatal: true, ignoreBOM: true});

/** Reads the flags and values of a content header, from its 12th byte on. @throws {Failure} `data` when cut short */
export function decodeProperties(bytes: Buffer): BasicProperties {
  const properties: BasicProperties = {};
  let offset = 0;
  const take = (length: number): Buffer => {
    if (offset + length > bytes.length) throw new Failure('data', "A message's properties are cut short");
    offset += length;
    return bytes.subarray(offset - length, offset);
  };
  const flags = take(2).readUInt16BE();
  layout.forEach(([name, type], index) => {
    if ((flags & (0x80_00 >> index)) === 0) return;
    if (type === 'octet') properties[name] = take(1).readUInt8();
    else if (type === 'time') properties[name] = take(8).readBigUInt64BE();
    else if (type === 'table') properties[name] = take(take(4).readUInt32BE());
    else properties[name] = textOf(take(take(1).readUInt8()));
  });
  return properties;
}

/** The reverse. @throws {Failure} `data` on a text over 255 bytes or a number out of range */
export function encodeProperties(properties: BasicProperties): Buffer {
  let flags = 0;
  const parts: Uint8Array[] = [];
  layout.forEach(([name, type], index) => {
    const value = properties[name];
    if (value === undefined) return;
    flags |= 0x80_00 >> index;
    if (type === 'octet') parts.push(Buffer.of(octet(name, Number(value))));
    else if (type === 'time') parts.push(uint64(BigInt(value as bigint)));
    else if (type === 'table') parts.push(uint32((value as Buffer).length), value as Buffer);
    else {
      const text = Buffer.from(value as string);
      if (text.length > 255)
        throw new Failure('data', `The property ${name} has ${text.length} bytes; AMQP allows 255`);
      parts.push(Buffer.of(text.length), text);
    }
  });
  const head = Buffer.alloc(2);
  head.writeUInt16BE(flags);
  return Buffer.concat([head, ...parts]);
}

function textOf(bytes: Buffer): string | Uint8Array {
  try {
    return utf8.decode(bytes);
  } catch {
    return bytes;
  }
}

function octet(name: string, value: number): number {
  if (!Number.isInteger(value) || value < 0 || value > 255) {
    throw new Failure('data', `The property ${name} is ${value}; AMQP allows 0 to 255`);
  }
  return value;
}

function uint32(value: number): Buffer {
  const out = Buffer.alloc(4);
  out.writeUInt32BE(value);
  return out;
}

function uint64(value: bigint): Buffer {
  const out = Buffer.alloc(8);
  out.writeBigUInt64BE(BigInt.asUintN(64, value));
  return out;
}
