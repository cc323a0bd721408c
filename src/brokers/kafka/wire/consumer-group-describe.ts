import type {Api} from './api.ts';
import type {DescribeGroupsRequest, DescribeGroupsResponse} from './describe-groups.ts';
import {readAssignment} from './group-assignment.ts';

/** Groups of the newer consumer protocol (KIP-848), from their coordinator; 69 GROUP_ID_NOT_FOUND for any other. */
export const consumerGroupDescribe: Api<DescribeGroupsRequest, DescribeGroupsResponse> = {
  name: 'ConsumerGroupDescribe',
  key: 69,
  versions: {min: 0, max: 1},
  flexibleFrom: 0,
  encode(out, {groups}) {
    out.array(groups, group => out.string(group));
    out.boolean(false);
    out.tags();
  },
  decode(input, version) {
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
        input.nullableString();
        input.int32();
        const clientId = input.string();
        const host = input.string();
        input.array(() => input.string());
        input.nullableString();
        const assigned = readAssignment(input);
        readAssignment(input);
        if (version >= 1) input.int8();
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
