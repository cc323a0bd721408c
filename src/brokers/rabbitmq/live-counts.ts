import {Failure} from '../../model/failure.ts';
import type {Warning} from '../../model/failure.ts';
import type {QueueCounts} from './amqp-on-demand.ts';
import {problemOf} from './queue-state.ts';
import type {QueueRecord} from './queue-record.ts';
import type {Session} from './session.ts';

/** Up to so many queues are asked one by one; beyond, the server's own totals and statistics have to do. */
export const countedOneByOne = 200;

export interface LiveCounts {
  of(queue: QueueRecord): QueueCounts | null;
  readonly warnings: readonly Warning[];
}

/**
 * Counts of ready messages and consumers, asked of each queue over AMQP: live, but for streams, which renew theirs every
 * 5 s. Streams are always asked, for the management API's totals leave them out; the others only as long as there are few.
 * Queues known not to answer are left alone, since each would be waited for. An exclusive queue answers only its own
 * connection and has no counts here.
 */
export async function liveCounts(
  session: Session,
  queues: readonly QueueRecord[],
  signal: AbortSignal,
): Promise<LiveCounts> {
  const answering = queues.filter(queue => queue.exclusive !== true && problemOf(queue) === null);
  const asked = answering.length > countedOneByOne ? answering.filter(({type}) => type === 'stream') : answering;
  const {counts, failure} = await session.amqp.tryCount(
    asked.map(({name}) => name),
    signal,
  );
  return {
    of({name}) {
      const found = counts.get(name);
      return found === undefined || found instanceof Failure ? null : found;
    },
    warnings: failure
      ? [
          {
            code: 'noAmqp',
            message: `Quorum queues' numbers are up to 5 s old and streams have none, because AMQP did not answer: ${failure.broker ?? failure.message}`,
          },
        ]
      : [],
  };
}
