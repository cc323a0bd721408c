import type {Api} from '../../../src/brokers/kafka/wire/api.ts';

/*
 * Requests by which tests make situations and the product never does: joining groups, committing, changing configs.
 */

export interface Heartbeat {
  readonly group: string;
  /** 0 joins, -1 leaves. */
  readonly epoch: number;
  readonly member: string;
  readonly topics: readonly string[] | null;
  /** What the member says it owns, for the consumer protocol. */
  readonly owned: readonly Owned[] | null;
}

export interface Owned {
  readonly topicId: string;
  readonly partitions: readonly number[];
}

export interface HeartbeatAnswer {
  readonly error: number;
  readonly message: string | null;
  readonly epoch: number;
  readonly assigned: readonly Owned[] | null;
}

type Heartbeats = Api<Heartbeat, HeartbeatAnswer>;

const readAnswer: Heartbeats['decode'] = input => {
  input.int32();
  const error = input.int16();
  const message = input.nullableString();
  input.nullableString();
  const epoch = input.int32();
  input.int32();
  let assigned: Owned[] | null = null;
  if (input.int8() >= 0) {
    assigned = input.array(() => {
      const one = {topicId: input.uuid(), partitions: input.array(() => input.int32())};
      input.tags();
      return one;
    });
    input.tags();
  }
  input.tags();
  return {error, message, epoch, assigned};
};

export const consumerGroupHeartbeat: Heartbeats = {
  name: 'ConsumerGroupHeartbeat',
  key: 68,
  versions: {min: 1, max: 1},
  flexibleFrom: 0,
  encode(out, {group, epoch, member, topics, owned}) {
    out.string(group);
    out.string(member);
    out.int32(epoch);
    out.string(null);
    out.string(null);
    out.int32(epoch === 0 ? 60_000 : -1);
    out.array(topics, topic => out.string(topic));
    out.string(null);
    out.string(null);
    out.array(owned, ({topicId, partitions}) => {
      out.uuid(topicId);
      out.array(partitions, partition => out.int32(partition));
      out.tags();
    });
    out.tags();
  },
  decode: readAnswer,
};

export const shareGroupHeartbeat: Heartbeats = {
  name: 'ShareGroupHeartbeat',
  key: 76,
  versions: {min: 1, max: 1},
  flexibleFrom: 0,
  encode(out, {group, epoch, member, topics}) {
    out.string(group);
    out.string(member);
    out.int32(epoch);
    out.string(null);
    out.array(topics, topic => out.string(topic));
    out.tags();
  },
  decode: readAnswer,
};

export interface Commit {
  readonly group: string;
  /** -1 and an empty member commit from outside, as admin tools do. */
  readonly epoch: number;
  readonly member: string;
  readonly topic: string;
  readonly offsets: ReadonlyMap<number, bigint>;
}

/** @returns the error code of each partition */
export const offsetCommit: Api<Commit, readonly number[]> = {
  name: 'OffsetCommit',
  key: 8,
  versions: {min: 9, max: 9},
  flexibleFrom: 8,
  encode(out, {group, epoch, member, topic, offsets}) {
    out.string(group);
    out.int32(epoch);
    out.string(member);
    out.string(null);
    out.array([topic], name => {
      out.string(name);
      out.array([...offsets], ([partition, offset]) => {
        out.int32(partition);
        out.int64(offset);
        out.int32(-1);
        out.string('');
        out.tags();
      });
      out.tags();
    });
    out.tags();
  },
  decode(input) {
    input.int32();
    const topics = input.array(() => {
      input.string();
      const errors = input.array(() => {
        input.int32();
        const error = input.int16();
        input.tags();
        return error;
      });
      input.tags();
      return errors;
    });
    input.tags();
    return topics.flat();
  },
};

export interface ConfigChange {
  readonly type: number;
  readonly name: string;
  readonly key: string;
  readonly value: string;
}

/** @returns the error text, `null` when it was set */
export const incrementalAlterConfigs: Api<ConfigChange, string | null> = {
  name: 'IncrementalAlterConfigs',
  key: 44,
  versions: {min: 1, max: 1},
  flexibleFrom: 1,
  encode(out, {type, name, key, value}) {
    out.array([0], () => {
      out.int8(type);
      out.string(name);
      out.array([0], () => {
        out.string(key);
        out.int8(0);
        out.string(value);
        out.tags();
      });
      out.tags();
    });
    out.boolean(false);
    out.tags();
  },
  decode(input) {
    input.int32();
    const errors = input.array(() => {
      const error = input.int16();
      const message = input.nullableString();
      input.int8();
      input.string();
      input.tags();
      return error === 0 ? null : `${error} ${message}`;
    });
    input.tags();
    return errors[0] ?? null;
  },
};

export interface Cut {
  readonly topic: string;
  readonly partition: number;
  /** The first offset that stays. */
  readonly before: bigint;
}

/** @returns the error code */
export const deleteRecords: Api<Cut, number> = {
  name: 'DeleteRecords',
  key: 21,
  versions: {min: 2, max: 2},
  flexibleFrom: 2,
  encode(out, {topic, partition, before}) {
    out.array([topic], name => {
      out.string(name);
      out.array([partition], index => {
        out.int32(index);
        out.int64(before);
        out.tags();
      });
      out.tags();
    });
    out.int32(10_000);
    out.tags();
  },
  decode(input) {
    input.int32();
    const errors = input.array(() => {
      input.string();
      const inner = input.array(() => {
        input.int32();
        input.int64();
        const error = input.int16();
        input.tags();
        return error;
      });
      input.tags();
      return inner;
    });
    input.tags();
    return errors.flat().find(error => error !== 0) ?? 0;
  },
};
