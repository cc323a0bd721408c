import type {Api} from './api.ts';
import type {TopicPartitions} from './offset-fetch.ts';
import {WireReader} from './wire-reader.ts';

export interface DescribeGroupsRequest {
  readonly groups: readonly string[];
}

export interface GroupMember {
  readonly id: string;
  readonly clientId: string;
  readonly host: string;
  readonly assigned: readonly TopicPartitions[];
}

export interface DescribedGroup {
  readonly group: string;
  /** 69 GROUP_ID_NOT_FOUND for a group of another kind, where the version can say so. */
  readonly error: number;
  readonly message: string | null;
  readonly state: string;
  readonly members: readonly GroupMember[];
}

export interface DescribeGroupsResponse {
  readonly groups: readonly DescribedGroup[];
}

/**
 * Classic groups, from their coordinator. Up to version 5 a group of another kind is answered as `Dead`, without members
 * and without an error: route by the type that ListGroups tells.
 */
export const describeGroups: Api<DescribeGroupsRequest, DescribeGroupsResponse> = {
  name: 'DescribeGroups',
  key: 15,
  versions: {min: 0, max: 6},
  flexibleFrom: 5,
  encode(out, {groups}, version) {
    out.array(groups, group => out.string(group));
    if (version >= 3) out.boolean(false);
    out.tags();
  },
  decode(input, version) {
    if (version >= 1) input.int32();
    const groups = input.array(() => {
      const error = input.int16();
      const message = version >= 6 ? input.nullableString() : null;
      const group = input.string();
      const state = input.string();
      const protocolType = input.string();
      input.string();
      const members = input.array(() => {
        const id = input.string();
        if (version >= 4) input.nullableString();
        const clientId = input.string();
        const host = input.string();
        input.bytes();
        const assignment = input.bytes();
        input.tags();
        return {id, clientId, host, assigned: protocolType === 'consumer' ? assignedOf(assignment) : []};
      });
      if (version >= 3) input.int32();
      input.tags();
      return {group, error, message, state, members};
    });
    input.tags();
    return {groups};
  },
};

/**
 * The consumer protocol's assignment: version, then topics with their partitions. What clients write there is their own
 * affair; what does not read as that counts as no assignment.
 */
function assignedOf(assignment: Buffer | null): readonly TopicPartitions[] {
  if (!assignment || assignment.length === 0) return [];
  try {
    const input = new WireReader(assignment, false);
    input.int16();
    return input.array(() => ({name: input.string(), partitions: input.array(() => input.int32())}));
  } catch {
    return [];
  }
}
