import {interrupted} from '../errors.ts';
import type {Batch, Reader} from '../port.ts';
import type {Target} from '../../model/target.ts';
import {cutAfter} from './batch-sizes.ts';
import {TopicRead} from './topic-read.ts';
import type {Cluster} from './wire/cluster.ts';

/** Reads partitions straight from their leaders: no group, no commit, no trace on the cluster. */
export function kafkaReader(cluster: Cluster, target: Target): Reader {
  return {
    async *read(range, limits, signal) {
      // Ends the requests that are under way when the caller stops early.
      const left = new AbortController();
      try {
        const read = new TopicRead(cluster, target, range, limits, AbortSignal.any([signal, left.signal]));
        yield* limits.messages === null ? read.batches() : limited(read.batches(), limits.messages);
      } finally {
        left.abort(interrupted());
      }
    },
  };
}

async function* limited(batches: AsyncIterable<Batch>, messages: number): AsyncGenerator<Batch, void, undefined> {
  let left = messages;
  if (left <= 0) return;
  for await (const batch of batches) {
    const cut = cutAfter(batch, left);
    yield cut;
    left -= cut.messages.length;
    if (left <= 0) return;
  }
}
