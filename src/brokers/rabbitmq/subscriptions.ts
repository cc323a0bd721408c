import {Failure} from '../../model/failure.ts';
import type {Warning} from '../../model/failure.ts';
import type {Progress, Subscription} from '../../model/subscription.ts';
import {stopIfAborted} from '../errors.ts';
import type {Listing, SubscriptionFilter} from '../port.ts';
import type {QueueCounts} from './amqp-on-demand.ts';
import {countedOneByOne, liveCounts} from './live-counts.ts';
import {isInternal, problemOf} from './queue-state.ts';
import {listQueues} from './queue-record.ts';
import type {QueueRecord} from './queue-record.ts';
import type {Session} from './session.ts';
import {streamConsumers} from './stream-consumers.ts';

/**
 * A queue is its own subscription: what is ready is its lag, what is unacknowledged is in flight, its consumers are its
 * members. A stream has the consumers that keep their offsets on the server.
 */
export async function subscriptions(
  session: Session,
  filter: SubscriptionFilter,
  signal: AbortSignal,
): Promise<Listing<Subscription>> {
  const {names, destinations} = filter;
  const [found, readers] = await Promise.all([
    listQueues(session, destinations, signal),
    streamConsumers(session, filter, signal),
  ]);
  const followed = new Set(readers.flatMap(({progress}) => progress.map(({destination}) => destination)));
  const queues = found.filter(
    queue =>
      names.matches(queue.name) &&
      !followed.has(queue.name) &&
      (filter.internal || names.exact !== null || !isInternal(queue)),
  );
  const [live, members] = await Promise.all([
    liveCounts(session, queues, signal),
    queues.length > countedOneByOne ? consumerStatistics(session, signal) : unknownMembers,
  ]);
  const asOf = new Date();
  const items = queues.map(queue => {
    const counts = live.of(queue);
    const consumers = counts?.consumers ?? members.of(queue.name);
    // Consumers of a stream are counted for ever on these servers.
    const leaks = queue.type === 'stream' && !/^(?:4\.[3-9]|[5-9])/.test(session.version ?? '');
    return queueSubscription(queue, counts, leaks ? null : consumers, asOf);
  });
  return {
    items: [...items, ...readers].sort((one, other) => (one.name < other.name ? -1 : 1)),
    warnings: [...live.warnings, ...members.warnings],
  };
}

function queueSubscription(
  queue: QueueRecord,
  live: QueueCounts | null,
  members: number | null,
  asOf: Date,
): Subscription {
  return {
    name: queue.name,
    kind: queue.type === 'stream' ? 'stream' : 'queue',
    internal: isInternal(queue),
    brokerState: queue.state ?? null,
    members,
    progress: [progressOf(queue, live, asOf)],
  };
}

function progressOf(queue: QueueRecord, live: QueueCounts | null, asOf: Date): Progress {
  const line = {
    destination: queue.name,
    partition: null,
    position: null,
    first: null,
    end: null,
    lost: null,
    redelivered: null,
    flags: [],
    member: null,
    asOf,
  };
  const problem = problemOf(queue);
  if (problem !== null) return {...line, lag: null, inFlight: null, method: 'none', exact: false, problem};
  if (queue.type === 'stream') {
    const caveat = 'consumers over AMQP keep their offsets themselves: the server knows no lag of theirs';
    return {...line, lag: null, inFlight: null, method: 'none', exact: false, caveat};
  }
  const lag = queue.messages_ready ?? null;
  const inFlight = queue.messages_unacknowledged ?? null;
  if (queue.type === 'classic') return {...line, lag, inFlight, method: 'queue totals', exact: true};
  if (live) {
    const caveat = "a quorum queue's messages in flight are up to 5 s old";
    return {...line, lag: live.ready, inFlight, method: 'passive declare, queue totals', exact: true, caveat};
  }
  const caveat = "a quorum queue's totals are up to 5 s old";
  return {...line, lag, inFlight, method: 'queue totals', exact: false, caveat};
}

interface Members {
  of(queue: string): number | null;
  readonly warnings: readonly Warning[];
}

const unknownMembers: Members = {of: () => null, warnings: []};

/** How many consumers each queue of the vhost has by the management statistics. */
async function consumerStatistics({management, vhost}: Session, signal: AbortSignal): Promise<Members> {
  try {
    const answer = (await management.get(['consumers', vhost], {}, signal)) as readonly {queue?: {name?: string}}[];
    const counts = new Map<string, number>();
    for (const {queue} of answer)
      if (queue?.name !== undefined) counts.set(queue.name, (counts.get(queue.name) ?? 0) + 1);
    const message = `Of more than ${countedOneByOne} queues, members are from management statistics, up to 10 s old; name fewer for live ones.`;
    return {of: queue => counts.get(queue) ?? 0, warnings: [{code: 'statisticsAge', message}]};
  } catch (error) {
    stopIfAborted(signal);
    if (!(error instanceof Failure)) throw error;
    const message = `Members are not known: ${error.broker ?? error.message}`;
    return {of: () => null, warnings: [{code: 'membersUnknown', message}]};
  }
}
