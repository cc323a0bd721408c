import type {Age, Unread} from '../../model/age.ts';
import type {Listing} from '../port.ts';
import {liveCounts} from './live-counts.ts';
import {kindOf, problemOf} from './queue-state.ts';
import {listQueues, namesOnly, queueStatistics} from './queue-record.ts';
import type {QueueRecord} from './queue-record.ts';
import type {Session} from './session.ts';

/**
 * Ages of the messages at the heads of queues. Only a classic queue tells, in its statistics, and only where the publisher
 * set the property `timestamp`. Looking at the head instead would take the message and put it back, which marks it as
 * redelivered and can cost it one of its deliveries, so that is not done here.
 */
export async function ages(session: Session, of: readonly Unread[], signal: AbortSignal): Promise<Listing<Age>> {
  const names = [...new Set(of.map(({destination}) => destination))];
  const [queues, statistics] = await Promise.all([
    listQueues(session, namesOnly(names), signal),
    queueStatistics(session, names, signal),
  ]);
  const live = await liveCounts(session, queues, signal);
  const asOf = new Date();
  const byName = new Map(queues.map(queue => [queue.name, queue]));
  return {
    items: of.map(unread => {
      const queue = byName.get(unread.destination);
      if (!queue) return unknown(unread, asOf, 'it does not exist any more');
      const ready = live.of(queue)?.ready ?? queue.messages_ready ?? null;
      return ageOf(unread, queue, ready, statistics.get(queue.name)?.head_message_timestamp, asOf);
    }),
    warnings: live.warnings,
  };
}

function ageOf(
  of: Unread,
  queue: QueueRecord,
  ready: number | null,
  timestamp: QueueRecord['head_message_timestamp'],
  asOf: Date,
): Age {
  const problem = problemOf(queue);
  if (problem !== null) return unknown(of, asOf, problem);
  if (ready === 0 && queue.type !== 'stream') {
    return {of, seconds: 0, oldest: null, method: 'queue totals', exact: queue.type === 'classic', asOf};
  }
  if (queue.type !== 'classic')
    return unknown(of, asOf, `a ${kindOf(queue)} does not tell how old its first message is`);
  if (typeof timestamp !== 'number') {
    return unknown(of, asOf, 'its first message has no timestamp property, or the statistics do not show it yet');
  }
  const oldest = new Date(timestamp * 1000);
  return {
    of,
    seconds: Math.max(0, (asOf.getTime() - oldest.getTime()) / 1000),
    oldest,
    method: 'head message timestamp',
    exact: false,
    asOf,
    caveat: "by the publisher's own clock, of the message that was first up to 10 s ago",
  };
}

function unknown(of: Unread, asOf: Date, problem: string): Age {
  return {of, seconds: null, oldest: null, method: 'none', exact: false, asOf, problem};
}
