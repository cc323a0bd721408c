import type {TopicPartitions} from './offset-fetch.ts';
import type {WireReader} from './wire-reader.ts';

/** The assignment of a member as the newer group APIs answer it: topic id, name and partitions. */
export function readAssignment(input: WireReader): readonly TopicPartitions[] {
  const topics = input.array(() => {
    input.uuid();
    const one = {name: input.string(), partitions: input.array(() => input.int32())};
    input.tags();
    return one;
  });
  input.tags();
  return topics;
}
