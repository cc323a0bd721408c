import type {Api} from './api.ts';

/** No filter: all groups of this node. */
export type ListGroupsRequest = Record<never, never>;

export interface ListedGroup {
  readonly group: string;
  /** `consumer`, `share`, `connect`; empty for a group that only holds offsets. */
  readonly protocolType: string;
  /** `null` before version 4. */
  readonly state: string | null;
  /** `classic`, `consumer` (KIP-848), `share`, `streams`; `null` before version 5. */
  readonly type: string | null;
}

export interface ListGroupsResponse {
  readonly error: number;
  readonly groups: readonly ListedGroup[];
}

/** Every node lists the groups that it coordinates, and no others. */
export const listGroups: Api<ListGroupsRequest, ListGroupsResponse> = {
  name: 'ListGroups',
  key: 16,
  versions: {min: 1, max: 5},
  flexibleFrom: 3,
  encode(out, _request, version) {
    if (version >= 4) out.array([], () => undefined);
    if (version >= 5) out.array([], () => undefined);
    out.tags();
  },
  decode(input, version) {
    input.int32();
    const error = input.int16();
    const groups = input.array(() => {
      const one = {
        group: input.string(),
        protocolType: input.string(),
        state: version >= 4 ? input.string() : null,
        type: version >= 5 ? input.string().toLowerCase() : null,
      };
      input.tags();
      return one;
    });
    input.tags();
    return {error, groups};
  },
};
