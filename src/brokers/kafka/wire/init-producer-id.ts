import type {Api} from './api.ts';

export interface InitProducerIdResponse {
  /** 14, 15 and 16 while the cluster gets ready for its first producer; 31 without the right to write idempotently */
  readonly error: number;
  readonly producerId: bigint;
  readonly epoch: number;
}

/** A new identity for an idempotent producer without a transactional id: any server gives one. */
export const initProducerId: Api<Record<never, never>, InitProducerIdResponse> = {
  name: 'InitProducerId',
  key: 22,
  versions: {min: 0, max: 4},
  flexibleFrom: 2,
  encode(out, _request, version) {
    out.string(null);
    out.int32(60_000);
    if (version >= 3) {
      out.int64(-1n);
      out.int16(-1);
    }
    out.tags();
  },
  decode(input) {
    input.int32();
    const answer = {error: input.int16(), producerId: input.int64(), epoch: input.int16()};
    input.tags();
    return answer;
  },
};
