import type {Api} from './api.ts';

/** The first version that takes many groups. */
export const manyGroupsFrom = 8;

export interface TopicPartitions {
  readonly name: string;
  readonly partitions: readonly number[];
}

export interface OffsetFetchRequest {
  /** Exactly one before version 8; all of the same coordinator. `topics` null is every topic with a commit. */
  readonly groups: readonly {readonly group: string; readonly topics: readonly TopicPartitions[] | null}[];
}

export interface CommittedOffset {
  readonly partition: number;
  /** -1 without a commit. kafkajs's own reset commits -1 and -2 for the latest and the earliest. */
  readonly offset: bigint;
  readonly error: number;
}

export interface GroupOffsets {
  readonly group: string;
  readonly topics: readonly {readonly name: string; readonly partitions: readonly CommittedOffset[]}[];
  /** 0 and no topics for a group that does not exist. */
  readonly error: number;
}

export interface OffsetFetchResponse {
  readonly groups: readonly GroupOffsets[];
}

/** Goes to the groups' coordinator. An answer to an old version does not repeat the group: it is empty there. */
export const offsetFetch: Api<OffsetFetchRequest, OffsetFetchResponse> = {
  name: 'OffsetFetch',
  key: 9,
  versions: {min: 3, max: 9},
  flexibleFrom: 6,
  encode(out, {groups}, version) {
    const topics = (list: readonly TopicPartitions[] | null) =>
      out.array(list, ({name, partitions}) => {
        out.string(name);
        out.array(partitions, partition => out.int32(partition));
        out.tags();
      });
    if (version >= manyGroupsFrom) {
      out.array(groups, one => {
        out.string(one.group);
        if (version >= 9) {
          // No member asks: a null id and epoch -1 skip the check of the member's epoch.
          out.string(null);
          out.int32(-1);
        }
        topics(one.topics);
        out.tags();
      });
    } else {
      out.string(groups[0]?.group ?? '');
      topics(groups[0]?.topics ?? null);
    }
    // A commit that waits in an open transaction does not count yet, and must not make the request fail.
    if (version >= 7) out.boolean(false);
    out.tags();
  },
  decode(input, version) {
    const topics = () =>
      input.array(() => {
        const name = input.string();
        const partitions = input.array(() => {
          const partition = input.int32();
          const offset = input.int64();
          if (version >= 5) input.int32();
          input.nullableString();
          const error = input.int16();
          input.tags();
          return {partition, offset, error};
        });
        input.tags();
        return {name, partitions};
      });
    input.int32();
    if (version < manyGroupsFrom) {
      const found = topics();
      const error = input.int16();
      input.tags();
      return {groups: [{group: '', topics: found, error}]};
    }
    const groups = input.array(() => {
      const one = {group: input.string(), topics: topics(), error: input.int16()};
      input.tags();
      return one;
    });
    input.tags();
    return {groups};
  },
};
