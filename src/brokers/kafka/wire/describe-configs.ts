import type {Api} from './api.ts';

/** Resource types of the protocol. */
export const configOf = {topic: 2, broker: 4, group: 32} as const;

export interface DescribeConfigsRequest {
  readonly resources: readonly {
    readonly type: number;
    readonly name: string;
    /** Only these keys; `null` is all of them. */
    readonly keys: readonly string[] | null;
  }[];
}

export interface ConfigEntry {
  readonly name: string;
  /** `null` where it is not set, and where it is a secret. */
  readonly value: string | null;
  /** True where it was set on this very topic or group, and is not a default of the cluster, a broker or Kafka. */
  readonly setHere: boolean;
  readonly secret: boolean;
}

export interface DescribeConfigsResponse {
  readonly resources: readonly {
    readonly error: number;
    readonly message: string | null;
    readonly type: number;
    readonly name: string;
    readonly entries: readonly ConfigEntry[];
  }[];
}

/** Config sources of the protocol: dynamic topic config and group config. */
const setOnResource = [1, 8];

/** Topics' and groups' configs from any node. Needs DescribeConfigs on the resource. */
export const describeConfigs: Api<DescribeConfigsRequest, DescribeConfigsResponse> = {
  name: 'DescribeConfigs',
  key: 32,
  versions: {min: 1, max: 4},
  flexibleFrom: 4,
  encode(out, {resources}, version) {
    out.array(resources, ({type, name, keys}) => {
      out.int8(type);
      out.string(name);
      out.array(keys, key => out.string(key));
      out.tags();
    });
    out.boolean(false);
    if (version >= 3) out.boolean(false);
    out.tags();
  },
  decode(input, version) {
    input.int32();
    const resources = input.array(() => {
      const error = input.int16();
      const message = input.nullableString();
      const type = input.int8();
      const name = input.string();
      const entries = input.array(() => {
        const key = input.string();
        const value = input.nullableString();
        input.boolean();
        const source = input.int8();
        const secret = input.boolean();
        input.array(() => {
          input.string();
          input.nullableString();
          input.int8();
          input.tags();
        });
        if (version >= 3) {
          input.int8();
          input.nullableString();
        }
        input.tags();
        return {name: key, value, setHere: setOnResource.includes(source), secret};
      });
      input.tags();
      return {error, message, type, name, entries};
    });
    input.tags();
    return {resources};
  },
};
