import type {CodecName} from './codec.ts';

export interface RecordHeader {
  readonly name: string;
  readonly value: Buffer | null;
}

/** One record as it is stored. Key, value and headers are views of the batch's memory. */
export interface KafkaRecord {
  readonly offset: bigint;
  /** Milliseconds since 1970; `null` where the record has none. */
  readonly timestamp: number | null;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: readonly RecordHeader[];
}

/** What a batch says of all its records. */
export interface BatchFacts {
  /** The message format: 0, 1 or 2. */
  readonly magic: number;
  readonly compression: CodecName;
  readonly timestampKind: 'producer' | 'broker' | null;
  readonly transactional: boolean;
  readonly control: boolean;
  /** `null` for a producer that is not idempotent. */
  readonly producerId: bigint | null;
  readonly producerEpoch: number | null;
  /** `null` where the format has none. */
  readonly leaderEpoch: number | null;
}

/** A batch whose checksum was right, unpacked. Its records are decoded as they are asked for. */
export interface OpenBatch {
  readonly facts: BatchFacts;
  /** @throws {Failure} `data` on a record that does not fit its batch */
  readonly records: () => Iterable<KafkaRecord>;
}

/** Most bytes that one batch may unpack to: what is larger is taken for damage, or for an attack on our memory. */
export const maxUnpackedBytes = 256 * 1024 * 1024;
