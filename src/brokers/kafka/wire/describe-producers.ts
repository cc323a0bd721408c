import type {Api} from './api.ts';
import type {TopicPartitions} from './offset-fetch.ts';

export interface DescribeProducersRequest {
  readonly topics: readonly TopicPartitions[];
}

export interface ActiveProducer {
  readonly producerId: bigint;
  readonly epoch: number;
  /** Milliseconds. */
  readonly lastTimestamp: bigint;
  /** First offset of its open transaction; -1 with none. */
  readonly transactionStart: bigint;
}

export interface DescribeProducersResponse {
  readonly topics: readonly {
    readonly name: string;
    readonly partitions: readonly {
      readonly partition: number;
      readonly error: number;
      readonly message: string | null;
      readonly producers: readonly ActiveProducer[];
    }[];
  }[];
}

/** The idempotent and transactional producers that a partition's leader remembers. Needs Read on the topic. */
export const describeProducers: Api<DescribeProducersRequest, DescribeProducersResponse> = {
  name: 'DescribeProducers',
  key: 61,
  versions: {min: 0, max: 0},
  flexibleFrom: 0,
  encode(out, {topics}) {
    out.array(topics, ({name, partitions}) => {
      out.string(name);
      out.array(partitions, partition => out.int32(partition));
      out.tags();
    });
    out.tags();
  },
  decode(input) {
    input.int32();
    const topics = input.array(() => {
      const topic = {
        name: input.string(),
        partitions: input.array(() => {
          const partition = input.int32();
          const error = input.int16();
          const message = input.nullableString();
          const producers = input.array(() => {
            const producerId = input.int64();
            const epoch = input.int32();
            input.int32();
            const lastTimestamp = input.int64();
            input.int32();
            const transactionStart = input.int64();
            input.tags();
            return {producerId, epoch, lastTimestamp, transactionStart};
          });
          input.tags();
          return {partition, error, message, producers};
        }),
      };
      input.tags();
      return topic;
    });
    input.tags();
    return {topics};
  },
};
