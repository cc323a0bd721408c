import type {Api} from './api.ts';

export interface ListTransactionsRequest {
  /** Such as `Ongoing`; none is all. */
  readonly states: readonly string[];
  readonly producerIds: readonly bigint[];
}

export interface ListTransactionsResponse {
  readonly error: number;
  readonly transactions: readonly {
    readonly transactionalId: string;
    readonly producerId: bigint;
    readonly state: string;
  }[];
}

/** Every node lists the transactional ids that it coordinates, and no others. */
export const listTransactions: Api<ListTransactionsRequest, ListTransactionsResponse> = {
  name: 'ListTransactions',
  key: 66,
  versions: {min: 0, max: 1},
  flexibleFrom: 0,
  encode(out, {states, producerIds}, version) {
    out.array(states, state => out.string(state));
    out.array(producerIds, id => out.int64(id));
    if (version >= 1) out.int64(-1n);
    out.tags();
  },
  decode(input) {
    input.int32();
    const error = input.int16();
    input.array(() => input.string());
    const transactions = input.array(() => {
      const one = {transactionalId: input.string(), producerId: input.int64(), state: input.string()};
      input.tags();
      return one;
    });
    input.tags();
    return {error, transactions};
  },
};
