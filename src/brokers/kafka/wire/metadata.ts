import type {Api} from './api.ts';

/** `null` asks for all topics, an empty list for none (servers only). */
export interface MetadataRequest {
  readonly topics: readonly string[] | null;
}

export interface NodeAddress {
  readonly id: number;
  readonly host: string;
  readonly port: number;
  readonly rack: string | null;
}

export interface PartitionMetadata {
  readonly partition: number;
  /** 5 LEADER_NOT_AVAILABLE while there is none; 9 REPLICA_NOT_AVAILABLE may be ignored. */
  readonly error: number;
  /** -1 without a leader. */
  readonly leader: number;
  readonly leaderEpoch: number;
  readonly replicas: readonly number[];
  readonly inSync: readonly number[];
  readonly offline: readonly number[];
}

export interface TopicMetadata {
  readonly name: string;
  /** `null` from servers before 2.8. */
  readonly id: string | null;
  /** 3 UNKNOWN_TOPIC_OR_PARTITION, 29 TOPIC_AUTHORIZATION_FAILED */
  readonly error: number;
  readonly internal: boolean;
  readonly partitions: readonly PartitionMetadata[];
}

export interface MetadataResponse {
  readonly nodes: readonly NodeAddress[];
  readonly clusterId: string | null;
  readonly controller: number;
  readonly topics: readonly TopicMetadata[];
}

/** From version 4 on a request can say that asking for a topic must not create it. */
export const metadata: Api<MetadataRequest, MetadataResponse> = {
  name: 'Metadata',
  key: 3,
  versions: {min: 4, max: 12},
  flexibleFrom: 9,
  encode(out, request, version) {
    out.array(request.topics, name => {
      if (version >= 10) out.raw(Buffer.alloc(16));
      out.string(name);
      out.tags();
    });
    out.boolean(false);
    if (version >= 8 && version <= 10) out.boolean(false);
    if (version >= 8) out.boolean(false);
    out.tags();
  },
  decode(input, version) {
    input.int32();
    const nodes = input.array(() => {
      const node = {id: input.int32(), host: input.string(), port: input.int32(), rack: input.nullableString()};
      input.tags();
      return node;
    });
    const clusterId = input.nullableString();
    const controller = input.int32();
    const topics = input.array(() => {
      const error = input.int16();
      const name = input.nullableString() ?? '';
      const id = version >= 10 ? input.uuid() : null;
      const internal = input.boolean();
      const partitions = input.array(() => {
        const partition = {
          error: input.int16(),
          partition: input.int32(),
          leader: input.int32(),
          leaderEpoch: version >= 7 ? input.int32() : -1,
          replicas: input.array(() => input.int32()),
          inSync: input.array(() => input.int32()),
          offline: version >= 5 ? input.array(() => input.int32()) : [],
        };
        input.tags();
        return partition;
      });
      if (version >= 8) input.int32();
      input.tags();
      return {name, id, error, internal, partitions};
    });
    if (version >= 8 && version <= 10) input.int32();
    input.tags();
    return {nodes, clusterId, controller, topics};
  },
};
