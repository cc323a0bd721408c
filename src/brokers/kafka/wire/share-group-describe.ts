import type {Api} from './api.ts';
import type {DescribeGroupsRequest, DescribeGroupsResponse} from './describe-groups.ts';
import {readAssignment} from './group-assignment.ts';

/** Share groups (KIP-932), from their coordinator. Version 0 was an early access form that newer servers do not speak. */
export const shareGroupDescribe: Api<DescribeGroupsRequest, DescribeGroupsResponse> = {
  name: 'ShareGroupDescribe',
  key: 77,
  versions: {min: 1, max: 1},
  flexibleFrom: 0,
  encode(out, {groups}) {
    out.array(groups, group => out.string(group));
    out.boolean(false);
    out.tags();
  },
  decode(input) {
    input.int32();
    const groups = input.array(() => {
      const error = input.int16();
      const message = input.nullableString();
      const group = input.string();
      const state = input.string();
      input.int32();
      input.int32();
      input.string();
      const members = input.array(() => {
        const id = input.string();
        input.nullableString();
        input.int32();
        const clientId = input.string();
        const host = input.string();
        input.array(() => input.string());
        const assigned = readAssignment(input);
        input.tags();
        return {id, clientId, host, assigned};
      });
      input.int32();
      input.tags();
      return {group, error, message, state, members};
    });
    input.tags();
    return {groups};
  },
};
