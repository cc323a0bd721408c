import type {Api} from './api.ts';
import type {TopicPartitions} from './offset-fetch.ts';

export interface DescribeTransactionsRequest {
  readonly transactionalIds: readonly string[];
}

export interface DescribeTransactionsResponse {
  readonly transactions: readonly {
    readonly error: number;
    readonly transactionalId: string;
    readonly state: string;
    readonly timeoutMs: number;
    /** Milliseconds; -1 when none is open. */
    readonly startedAt: bigint;
    readonly producerId: bigint;
    readonly topics: readonly TopicPartitions[];
  }[];
}

/** Transactions by id, from their coordinator. */
export const describeTransactions: Api<DescribeTransactionsRequest, DescribeTransactionsResponse> = {
  name: 'DescribeTransactions',
  key: 65,
  versions: {min: 0, max: 0},
  flexibleFrom: 0,
  encode(out, {transactionalIds}) {
    out.array(transactionalIds, id => out.string(id));
    out.tags();
  },
  decode(input) {
    input.int32();
    const transactions = input.array(() => {
      const error = input.int16();
      const transactionalId = input.string();
      const state = input.string();
      const timeoutMs = input.int32();
      const startedAt = input.int64();
      const producerId = input.int64();
      input.int16();
      const topics = input.array(() => {
        const topic = {name: input.string(), partitions: input.array(() => input.int32())};
        input.tags();
        return topic;
      });
      input.tags();
      return {error, transactionalId, state, timeoutMs, startedAt, producerId, topics};
    });
    input.tags();
    return {transactions};
  },
};
