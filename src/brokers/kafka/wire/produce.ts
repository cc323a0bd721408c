import type {Api} from './api.ts';

export interface ProduceRequest {
  readonly topic: string;
  /** How long the leader may wait for the replicas. */
  readonly timeoutMs: number;
  /** One batch a partition: a server refuses several, and drops one silently when a partition is named twice. */
  readonly partitions: readonly {readonly partition: number; readonly batch: Buffer}[];
}

export interface ProducedPartition {
  readonly partition: number;
  readonly error: number;
  /** The offset of the batch's first record; -1 where it is not known. */
  readonly baseOffset: bigint;
  /** The records that the error is about, by their place in the batch; from version 8 on. */
  readonly refused: readonly {readonly index: number; readonly message: string | null}[];
  readonly message: string | null;
}

/** Stores batches at their leader and waits for all replicas that are in sync (acks -1). */
export const produce: Api<ProduceRequest, readonly ProducedPartition[]> = {
  name: 'Produce',
  key: 0,
  versions: {min: 3, max: 9},
  flexibleFrom: 9,
  encode(out, {topic, timeoutMs, partitions}) {
    out.string(null);
    out.int16(-1);
    out.int32(timeoutMs);
    out.array([topic], name => {
      out.string(name);
      out.array(partitions, ({partition, batch}) => {
        out.int32(partition);
        if (out.flexible) out.uvarint(batch.length + 1);
        else out.int32(batch.length);
        out.borrow(batch);
        out.tags();
      });
      out.tags();
    });
    out.tags();
  },
  decode(input, version) {
    const topics = input.array(() => {
      input.string();
      const partitions = input.array((): ProducedPartition => {
        const partition = input.int32();
        const error = input.int16();
        const baseOffset = input.int64();
        input.int64();
        if (version >= 5) input.int64();
        const refused =
          version < 8
            ? []
            : input.array(() => {
                const one = {index: input.int32(), message: input.nullableString()};
                input.tags();
                return one;
              });
        const message = version >= 8 ? input.nullableString() : null;
        input.tags();
        return {partition, error, baseOffset, refused, message};
      });
      input.tags();
      return partitions;
    });
    input.int32();
    input.tags();
    return topics.flat();
  },
};
