import {crc32} from 'node:zlib';
import {chunksOf} from './chunk.ts';
import type {Chunk} from './chunk.ts';
import {codecNames, loadCodec} from './codec.ts';
import {damaged, orDamaged} from './damaged.ts';
import {maxUnpackedBytes} from './record.ts';
import type {BatchFacts, KafkaRecord, OpenBatch} from './record.ts';

/*
 * Messages of formats 0 and 1, which topics of long ago still hold: brokers send them as they are stored.
 *
 *   0 offset i64   8 size i32   12 crc u32 (CRC-32)   16 magic i8   17 attributes i8   [18 timestamp i64, format 1]
 *   then key and value, each with its length as i32
 *
 * A packed message's value is a set of messages. Its own offset is the last one's; in format 1 the inner offsets are
 * relative (KIP-31). Attributes: bits 0-2 codec, 3 the broker's timestamp (KIP-32).
 */

interface OldMessage {
  readonly attributes: number;
  readonly timestamp: number | null;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
}

/** Checks and unpacks a message of the old formats. @throws {Failure} `data` */
export async function openMessage(chunk: Chunk): Promise<OpenBatch> {
  const outer = orDamaged('message', () => parse(chunk));
  const compression = codecNames[outer.attributes & 7];
  if (compression === undefined) throw damaged(`there is no codec ${outer.attributes & 7}`);
  const facts: BatchFacts = {
    magic: chunk.magic,
    compression,
    timestampKind: outer.timestamp === null ? null : outer.attributes & 8 ? 'broker' : 'producer',
    transactional: false,
    control: false,
    producerId: null,
    producerEpoch: null,
    leaderEpoch: null,
  };
  if (compression === 'none') return {facts, records: () => [recordOf(outer, chunk.base)]};
  const codec = await loadCodec(compression);
  const packed = outer.value ?? Buffer.alloc(0);
  const set = orDamaged(compression, () => codec.unpack(packed, maxUnpackedBytes));
  return {facts, records: () => unpackedRecords(set, chunk, outer)};
}

function* unpackedRecords(set: Buffer, chunk: Chunk, outer: OldMessage): Generator<KafkaRecord, void, undefined> {
  const inner = [...chunksOf(set)];
  const last = inner.at(-1)?.base ?? 0n;
  const base = chunk.magic === 0 ? 0n : chunk.base - last;
  for (const [index, one] of inner.entries()) {
    const message = orDamaged(`message ${index + 1} of ${inner.length}`, () => parse(one));
    const timestamp = outer.attributes & 8 ? outer.timestamp : message.timestamp;
    yield recordOf({...message, timestamp}, base + one.base);
  }
}

function recordOf({timestamp, key, value}: OldMessage, offset: bigint): KafkaRecord {
  return {offset, timestamp, key, value, headers: []};
}

function parse({magic, bytes}: Chunk): OldMessage {
  if (magic !== 0 && magic !== 1) throw damaged(`message format ${magic} inside an old one`);
  const stated = bytes.readUInt32BE(12);
  const actual = crc32(bytes.subarray(16));
  if (stated !== actual) throw damaged(`CRC-32 is ${actual.toString(16)}, and the message says ${stated.toString(16)}`);
  const timestamp = magic === 1 ? Number(bytes.readBigInt64BE(18)) : -1;
  const keyAt = magic === 1 ? 26 : 18;
  const key = sized(bytes, keyAt);
  const value = sized(bytes, keyAt + 4 + (key?.length ?? 0));
  return {attributes: bytes.readInt8(17), timestamp: timestamp < 0 ? null : timestamp, key, value};
}

function sized(bytes: Buffer, at: number): Buffer | null {
  const length = bytes.readInt32BE(at);
  if (length < 0) return null;
  const end = at + 4 + length;
  if (end > bytes.length) throw damaged(`${length} bytes wanted where ${bytes.length - at - 4} are left`);
  return bytes.subarray(at + 4, end);
}
