import {WireReader} from '../wire/wire-reader.ts';
import {codecNames, loadCodec} from './codec.ts';
import {crc32c} from './crc32c.ts';
import {damaged, orDamaged} from './damaged.ts';
import {maxUnpackedBytes} from './record.ts';
import type {BatchFacts, KafkaRecord, OpenBatch, RecordHeader} from './record.ts';

/*
 * Record batch v2 (KIP-98), big endian. The checksum covers everything from the attributes on.
 *
 *   0 baseOffset i64   8 length i32   12 leaderEpoch i32   16 magic i8   17 crc u32   21 attributes i16
 *   23 lastOffsetDelta i32   27 baseTimestamp i64   35 maxTimestamp i64   43 producerId i64   51 producerEpoch i16
 *   53 baseSequence i32   57 count i32   61 records
 *
 * Attributes: bits 0-2 codec, 3 the broker's timestamp, 4 transactional, 5 control, 6 delete horizon.
 */

const crcStart = 21;
export const recordsStart = 61;

/** What a batch's header tells, unchecked. */
export function batchFacts(bytes: Buffer): BatchFacts {
  const attributes = bytes.readInt16BE(21);
  const compression = codecNames[attributes & 7];
  if (compression === undefined) throw damaged(`there is no codec ${attributes & 7}`);
  const producerId = bytes.readBigInt64BE(43);
  return {
    magic: 2,
    compression,
    timestampKind: attributes & 8 ? 'broker' : 'producer',
    transactional: (attributes & 16) !== 0,
    control: (attributes & 32) !== 0,
    producerId: producerId < 0n ? null : producerId,
    producerEpoch: producerId < 0n ? null : bytes.readInt16BE(51),
    leaderEpoch: bytes.readInt32BE(12),
  };
}

/** Whether a control batch ends a transaction that was aborted: its only record's key is a version and a type, 0 for abort. */
export function isAbortMarker(bytes: Buffer): boolean {
  if (bytes.readInt32BE(57) < 1) return false;
  const input = new WireReader(bytes.subarray(recordsStart), false);
  const [record] = decodeRecords(input, {count: 1, base: 0n, timestampOf: () => null});
  return record?.key !== null && record?.key !== undefined && record.key.length >= 4 && record.key.readInt16BE(2) === 0;
}

/** Checks and unpacks a batch. @throws {Failure} `data` */
export async function openRecordBatch(bytes: Buffer): Promise<OpenBatch> {
  const stated = bytes.readUInt32BE(17);
  const actual = crc32c(bytes.subarray(crcStart));
  if (stated !== actual) throw damaged(`CRC-32C is ${hex(actual)}, and the batch says ${hex(stated)}`);
  const facts = batchFacts(bytes);
  const codec = await loadCodec(facts.compression);
  const unpacked = orDamaged(facts.compression, () => codec.unpack(bytes.subarray(recordsStart), maxUnpackedBytes));
  const baseTimestamp = Number(bytes.readBigInt64BE(27));
  const maxTimestamp = Number(bytes.readBigInt64BE(35));
  const timestampOf = (delta: number) => {
    const time = facts.timestampKind === 'broker' ? maxTimestamp : baseTimestamp + delta;
    return time < 0 ? null : time;
  };
  const base = bytes.readBigInt64BE(0);
  const count = bytes.readInt32BE(57);
  return {
    facts,
    records: () => decodeRecords(new WireReader(unpacked, false), {count, base, timestampOf}),
  };
}

interface Frame {
  readonly count: number;
  readonly base: bigint;
  readonly timestampOf: (delta: number) => number | null;
}

function* decodeRecords(input: WireReader, frame: Frame): Generator<KafkaRecord, void, undefined> {
  // No record is shorter than seven bytes.
  if (frame.count < 0 || frame.count > input.left / 7) {
    throw damaged(`${frame.count} records in ${input.left} bytes`);
  }
  for (let index = 0; index < frame.count; index++) {
    yield orDamaged(`record ${index + 1} of ${frame.count}`, () => decodeRecord(input, frame));
  }
}

function decodeRecord(input: WireReader, {base, timestampOf}: Frame): KafkaRecord {
  const length = input.varint();
  const end = input.left - length;
  if (length < 0 || end < 0) throw damaged(`a record of ${length} bytes where ${input.left} are left`);
  input.int8();
  const timestamp = timestampOf(Number(input.varlong()));
  const offset = base + BigInt(input.varint());
  const key = sized(input);
  const value = sized(input);
  const headers: RecordHeader[] = [];
  const count = input.varint();
  // No header is shorter than two bytes.
  if (count < 0 || count > input.left / 2) throw damaged(`${count} headers in ${input.left} bytes`);
  for (let index = 0; index < count; index++) {
    const name = sized(input);
    if (!name) throw damaged('a header without a name');
    headers.push({name: name.toString('utf8'), value: sized(input)});
  }
  if (input.left !== end) throw damaged('a record that is not as long as it says');
  return {offset, timestamp, key, value, headers};
}

function sized(input: WireReader): Buffer | null {
  const length = input.varint();
  return length < 0 ? null : input.raw(length);
}

function hex(crc: number): string {
  return crc.toString(16).padStart(8, '0');
}
