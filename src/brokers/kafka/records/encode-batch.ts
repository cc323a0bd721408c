import {WireWriter} from '../wire/wire-writer.ts';
import {codecNames, loadCodec} from './codec.ts';
import type {CodecName} from './codec.ts';
import {crc32c} from './crc32c.ts';
import {recordsStart} from './record-batch.ts';

export interface NewRecord {
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers: readonly {readonly name: string; readonly value: Uint8Array | null}[];
}

/** An idempotent producer's mark on a batch: the broker stores each sequence once (KIP-98). */
export interface ProducerMark {
  readonly producerId: bigint;
  readonly epoch: number;
  /** Of the batch's first record; counts a partition's records from 0. */
  readonly sequence: number;
}

/** Makes a record batch v2 as Produce wants it: offsets from 0, the leader's epoch unknown. */
export async function encodeBatch(
  records: readonly NewRecord[],
  compression: CodecName,
  mark: ProducerMark | null,
): Promise<Buffer> {
  const times = records.map(({timestamp}) => timestamp);
  const baseTimestamp = times[0] ?? 0;
  const codec = await loadCodec(compression);
  const packed = codec.pack(encodeRecords(records, baseTimestamp));
  const out = new WireWriter(false);
  out.int64(0n);
  out.int32(recordsStart - 12 + packed.length);
  out.int32(-1);
  out.int8(2);
  out.uint32(0);
  out.int16(codecNames.indexOf(compression));
  out.int32(records.length - 1);
  out.int64(BigInt(baseTimestamp));
  out.int64(BigInt(times.reduce((latest, time) => Math.max(latest, time), baseTimestamp)));
  out.int64(mark?.producerId ?? -1n);
  out.int16(mark?.epoch ?? -1);
  out.int32(mark?.sequence ?? -1);
  out.int32(records.length);
  out.raw(packed);
  const batch = out.bytesWritten();
  batch.writeUInt32BE(crc32c(batch.subarray(21)), 17);
  return batch;
}

function encodeRecords(records: readonly NewRecord[], baseTimestamp: number): Buffer {
  const out = new WireWriter(false);
  for (const [index, record] of records.entries()) {
    const delta = record.timestamp - baseTimestamp;
    const headers = record.headers.map(({name, value}) => ({name: Buffer.from(name), value}));
    const fields = headers.reduce((sum, {name, value}) => sum + sizedLength(name) + sizedLength(value), 0);
    const numbers = 1 + varintLength(delta) + varintLength(index) + varintLength(headers.length);
    out.varint(numbers + sizedLength(record.key) + sizedLength(record.value) + fields);
    out.int8(0);
    out.varlong(BigInt(delta));
    out.varint(index);
    sized(out, record.key);
    sized(out, record.value);
    out.varint(headers.length);
    for (const {name, value} of headers) {
      sized(out, name);
      sized(out, value);
    }
  }
  return out.bytesWritten();
}

function sized(out: WireWriter, value: Uint8Array | null): void {
  out.varint(value === null ? -1 : value.length);
  if (value !== null) out.raw(value);
}

function sizedLength(value: Uint8Array | null): number {
  return value === null ? 1 : varintLength(value.length) + value.length;
}

/** Bytes of a number as a zigzag varint. */
function varintLength(value: number): number {
  let rest = value < 0 ? -2 * value - 1 : 2 * value;
  let bytes = 1;
  for (; rest >= 128; bytes++) rest = Math.floor(rest / 128);
  return bytes;
}

/** About how many bytes a record takes in a batch, to fill batches by. */
export function sizeOf({key, value, headers}: NewRecord): number {
  const fields = headers.reduce((sum, one) => sum + one.name.length + (one.value?.length ?? 0) + 8, 0);
  return (key?.length ?? 0) + (value?.length ?? 0) + fields + 24;
}
