import type {Api} from './api.ts';
import type {TopicPartitions} from './offset-fetch.ts';

export interface ShareGroupOffsetsRequest {
  /** `topics` null is every topic that the group has read. */
  readonly groups: readonly {readonly group: string; readonly topics: readonly TopicPartitions[] | null}[];
}

export interface ShareOffset {
  readonly partition: number;
  /** The earliest record that is not done; -1 before the first read. What lies after it may be done already. */
  readonly start: bigint;
  /** Records not done yet, as the broker counts them (KIP-1226); -1 when it does not know, `null` before version 1. */
  readonly lag: bigint | null;
  readonly error: number;
  readonly message: string | null;
}

export interface ShareGroupOffsets {
  readonly group: string;
  readonly topics: readonly {readonly name: string; readonly partitions: readonly ShareOffset[]}[];
  readonly error: number;
  readonly message: string | null;
}

export interface ShareGroupOffsetsResponse {
  readonly groups: readonly ShareGroupOffsets[];
}

/** Where share groups stand, from their coordinator. */
export const describeShareGroupOffsets: Api<ShareGroupOffsetsRequest, ShareGroupOffsetsResponse> = {
  name: 'DescribeShareGroupOffsets',
  key: 90,
  versions: {min: 0, max: 1},
  flexibleFrom: 0,
  encode(out, {groups}) {
    out.array(groups, ({group, topics}) => {
      out.string(group);
      out.array(topics, ({name, partitions}) => {
        out.string(name);
        out.array(partitions, partition => out.int32(partition));
        out.tags();
      });
      out.tags();
    });
    out.tags();
  },
  decode(input, version) {
    input.int32();
    const groups = input.array(() => {
      const group = input.string();
      const topics = input.array(() => {
        const name = input.string();
        input.uuid();
        const partitions = input.array(() => {
          const partition = input.int32();
          const start = input.int64();
          input.int32();
          const lag = version >= 1 ? input.int64() : null;
          const one = {partition, start, lag, error: input.int16(), message: input.nullableString()};
          input.tags();
          return one;
        });
        input.tags();
        return {name, partitions};
      });
      const one = {group, topics, error: input.int16(), message: input.nullableString()};
      input.tags();
      return one;
    });
    input.tags();
    return {groups};
  },
};
