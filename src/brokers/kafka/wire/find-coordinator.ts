import type {Api} from './api.ts';

/** The first version that takes many keys. */
export const manyKeysFrom = 4;

export interface FindCoordinatorRequest {
  /** Group, transactional id, or share group with topic and partition. */
  readonly type: 'group' | 'transaction' | 'share';
  /** Exactly one before version 4. */
  readonly keys: readonly string[];
}

export interface Coordinator {
  readonly key: string;
  readonly node: number;
  /** 15 COORDINATOR_NOT_AVAILABLE, 30 GROUP_AUTHORIZATION_FAILED */
  readonly error: number;
  readonly message: string | null;
}

export interface FindCoordinatorResponse {
  readonly coordinators: readonly Coordinator[];
}

const types = {group: 0, transaction: 1, share: 2} as const;

/** Any server answers; an old one does not repeat the key, so its answer has the key empty. */
export const findCoordinator: Api<FindCoordinatorRequest, FindCoordinatorResponse> = {
  name: 'FindCoordinator',
  key: 10,
  versions: {min: 1, max: 6},
  flexibleFrom: 3,
  encode(out, {type, keys}, version) {
    if (version < manyKeysFrom) out.string(keys[0] ?? '');
    out.int8(types[type]);
    if (version >= manyKeysFrom) out.array(keys, key => out.string(key));
    out.tags();
  },
  decode(input, version) {
    input.int32();
    if (version < manyKeysFrom) {
      const error = input.int16();
      const message = input.nullableString();
      const node = input.int32();
      input.string();
      input.int32();
      input.tags();
      return {coordinators: [{key: '', node, error, message: error === 0 ? null : message}]};
    }
    const coordinators = input.array(() => {
      const key = input.string();
      const node = input.int32();
      input.string();
      input.int32();
      const error = input.int16();
      const message = input.nullableString();
      input.tags();
      // Without an error the text is empty or NONE.
      return {key, node, error, message: error === 0 ? null : message};
    });
    input.tags();
    return {coordinators};
  },
};
