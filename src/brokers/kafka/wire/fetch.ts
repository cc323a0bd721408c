import type {AbortedTransaction} from '../records/aborted.ts';
import type {Api} from './api.ts';

export interface FetchRequest {
  readonly topic: string;
  /** As metadata gave it; servers of Fetch 13 have it. A topic that was deleted and made again has another. */
  readonly topicId: string | null;
  /** How long the server may hold the answer back while it has nothing. */
  readonly maxWaitMs: number;
  /** Of the whole answer. The first batch of the first partition that has one is sent even when it is larger. */
  readonly maxBytes: number;
  readonly partitions: readonly {readonly partition: number; readonly offset: bigint; readonly maxBytes: number}[];
}

export interface FetchedPartition {
  readonly partition: number;
  /** 1 OFFSET_OUT_OF_RANGE, 3 and 6 for a leader that moved, 29 without the right to read, 100 for a deleted topic */
  readonly error: number;
  readonly aborted: readonly AbortedTransaction[];
  /** Whole batches, and perhaps the beginning of one more. A view of the answer. */
  readonly records: Buffer;
}

export interface FetchResponse {
  readonly error: number;
  readonly partitions: readonly FetchedPartition[];
}

/**
 * Partitions of one topic from their leader, committed messages only, without a group and without a fetch session. Version
 * 10 brought zstd, 12 flexible types, 13 topic ids.
 */
export const fetch: Api<FetchRequest, FetchResponse> = {
  name: 'Fetch',
  key: 1,
  versions: {min: 4, max: 13},
  flexibleFrom: 12,
  lane: 'bulk',
  encode(out, {topic, topicId, maxWaitMs, maxBytes, partitions}, version) {
    out.int32(-1);
    out.int32(maxWaitMs);
    out.int32(1);
    out.int32(maxBytes);
    out.int8(1);
    if (version >= 7) {
      out.int32(0);
      out.int32(-1);
    }
    out.array([topic], name => {
      if (version >= 13) out.uuid(topicId ?? '');
      else out.string(name);
      out.array(partitions, one => {
        out.int32(one.partition);
        if (version >= 9) out.int32(-1);
        out.int64(one.offset);
        if (version >= 12) out.int32(-1);
        if (version >= 5) out.int64(-1n);
        out.int32(one.maxBytes);
        out.tags();
      });
      out.tags();
    });
    if (version >= 7) out.array([], () => undefined);
    if (version >= 11) out.string('');
    out.tags();
  },
  decode(input, version) {
    input.int32();
    const error = version >= 7 ? input.int16() : 0;
    if (version >= 7) input.int32();
    const topics = input.array(() => {
      if (version >= 13) input.uuid();
      else input.string();
      const partitions = input.array((): FetchedPartition => {
        const partition = input.int32();
        const code = input.int16();
        input.int64();
        input.int64();
        if (version >= 5) input.int64();
        const aborted = input.array(() => {
          const one = {producerId: input.int64(), firstOffset: input.int64()};
          input.tags();
          return one;
        });
        if (version >= 11) input.int32();
        const records = input.bytes() ?? Buffer.alloc(0);
        input.tags();
        return {partition, error: code, aborted, records};
      });
      input.tags();
      return partitions;
    });
    input.tags();
    return {error, partitions: topics.flat()};
  },
};
