import type {Api} from './api.ts';
import type {TopicPartitions} from './offset-fetch.ts';

export interface DescribeLogDirsRequest {
  /** `null` is all that the node holds. */
  readonly topics: readonly TopicPartitions[] | null;
}

export interface DescribeLogDirsResponse {
  readonly error: number;
  readonly dirs: readonly {
    readonly error: number;
    readonly path: string;
    readonly topics: readonly {
      readonly name: string;
      readonly partitions: readonly {
        readonly partition: number;
        readonly bytes: bigint;
        /** A copy that is being made by a move between disks: not to be counted again. */
        readonly future: boolean;
      }[];
    }[];
  }[];
}

/** Bytes on disk of the replicas that one node holds, leader or not. Needs Describe on the cluster. */
export const describeLogDirs: Api<DescribeLogDirsRequest, DescribeLogDirsResponse> = {
  name: 'DescribeLogDirs',
  key: 35,
  versions: {min: 0, max: 4},
  flexibleFrom: 2,
  encode(out, {topics}) {
    out.array(topics, ({name, partitions}) => {
      out.string(name);
      out.array(partitions, partition => out.int32(partition));
      out.tags();
    });
    out.tags();
  },
  decode(input, version) {
    input.int32();
    const error = version >= 3 ? input.int16() : 0;
    const dirs = input.array(() => {
      const one = {
        error: input.int16(),
        path: input.string(),
        topics: input.array(() => {
          const topic = {
            name: input.string(),
            partitions: input.array(() => {
              const partition = input.int32();
              const bytes = input.int64();
              input.int64();
              const future = input.boolean();
              input.tags();
              return {partition, bytes, future};
            }),
          };
          input.tags();
          return topic;
        }),
      };
      if (version >= 4) {
        input.int64();
        input.int64();
      }
      input.tags();
      return one;
    });
    input.tags();
    return {error, dirs};
  },
};
