import type {Api} from './api.ts';

/** What is asked for instead of a time. */
export const offsetAt = {latest: -1n, earliest: -2n, maxTimestamp: -3n} as const;

/** The first version that knows `offsetAt.maxTimestamp`. */
export const maxTimestampFrom = 7;

export interface ListOffsetsRequest {
  /** With read committed the end is the last stable offset, else the high watermark. */
  readonly readCommitted: boolean;
  readonly topics: readonly {
    readonly name: string;
    readonly partitions: readonly {
      readonly partition: number;
      /** Milliseconds: the first message at or after; or one of `offsetAt`. A partition may be asked only once a request. */
      readonly at: bigint;
    }[];
  }[];
}

export interface ListedOffset {
  readonly partition: number;
  /** 78 OFFSET_NOT_AVAILABLE right after an election */
  readonly error: number;
  /** -1 for a time after the newest message: no error then. */
  readonly offset: bigint;
  /** The found message's time in milliseconds; -1 for the earliest and the latest. */
  readonly timestamp: bigint;
}

export interface ListOffsetsResponse {
  readonly topics: readonly {readonly name: string; readonly partitions: readonly ListedOffset[]}[];
}

/** Goes to the leader, which answers for all its partitions at once. Version 2 brought the isolation level. */
export const listOffsets: Api<ListOffsetsRequest, ListOffsetsResponse> = {
  name: 'ListOffsets',
  key: 2,
  versions: {min: 2, max: 9},
  flexibleFrom: 6,
  encode(out, {readCommitted, topics}, version) {
    out.int32(-1);
    out.int8(readCommitted ? 1 : 0);
    out.array(topics, ({name, partitions}) => {
      out.string(name);
      out.array(partitions, ({partition, at}) => {
        out.int32(partition);
        if (version >= 4) out.int32(-1);
        out.int64(at);
        out.tags();
      });
      out.tags();
    });
    out.tags();
  },
  decode(input, version) {
    input.int32();
    const topics = input.array(() => {
      const name = input.string();
      const partitions = input.array(() => {
        const one = {
          partition: input.int32(),
          error: input.int16(),
          timestamp: input.int64(),
          offset: input.int64(),
        };
        if (version >= 4) input.int32();
        input.tags();
        return one;
      });
      input.tags();
      return {name, partitions};
    });
    input.tags();
    return {topics};
  },
};
