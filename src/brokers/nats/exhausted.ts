import type {Warning} from '../../model/failure.ts';
import type {JetStreamApi} from './api.ts';
import type {FoundConsumer} from './consumers.ts';
import {filtersOf} from './records.ts';
import type {ConsumerRecord, StreamRecord} from './records.ts';
import {streamInfo} from './streams.ts';

/**
 * Messages that were delivered `max_deliver` times without an acknowledgement. They stay in the stream, are given to
 * nobody any more, and are neither pending nor ack pending, so that a consumer with such messages looks well. Two signs
 * tell of them: the server still counts them as redelivered, and a work queue still holds them although its only consumer
 * has nothing to get. The first sign misses a max_deliver of 1, which redelivers nothing.
 */
export async function exhausted(
  api: JetStreamApi,
  meant: readonly FoundConsumer[],
  all: readonly FoundConsumer[],
  streams: ReadonlyMap<string, StreamRecord | null>,
  signal: AbortSignal,
): Promise<readonly Warning[]> {
  const found = await Promise.all(
    meant.map(async ({stream, record}) => {
      if (record === null || (record.config.max_deliver ?? -1) <= 0) return [];
      const alone = all.filter(other => other.stream === stream).length === 1;
      const held = streams.get(stream) ?? null;
      const left = alone && held !== null ? await leftOver(api, record, held, signal) : 0;
      return warningOf(record, Math.max(left, record.num_redelivered - record.num_ack_pending));
    }),
  );
  return found.flat();
}

/** What a work queue holds beyond what its only consumer has yet to get or to acknowledge. */
async function leftOver(
  api: JetStreamApi,
  record: ConsumerRecord,
  before: StreamRecord,
  signal: AbortSignal,
): Promise<number> {
  if (before.config.retention !== 'workqueue' || filtersOf(record.config).join() !== '>') return 0;
  const accounted = record.num_pending + record.num_ack_pending;
  if (before.state.messages <= accounted) return 0;
  // Asked before and after the consumer: messages that come or go in between make one of the two differences smaller.
  const after = await streamInfo(api, record.stream_name, signal);
  return Math.min(before.state.messages, after.state.messages) - accounted;
}

function warningOf(record: ConsumerRecord, count: number): Warning[] {
  if (count <= 0) return [];
  const {name, stream_name: stream} = record;
  const most = record.config.max_deliver ?? 0;
  const message =
    `Consumer "${name}" of "${stream}": at least ${count} messages were delivered max_deliver (${most}) times. ` +
    'They are still in the stream, are given to nobody any more, and do not count as lag.';
  return [{code: 'exhausted', message}];
}
