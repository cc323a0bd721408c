import type {Depth} from '../../model/depth.ts';
import type {Destination} from '../../model/destination.ts';
import {Failure} from '../../model/failure.ts';
import type {Warning} from '../../model/failure.ts';
import {stopIfAborted} from '../errors.ts';
import type {Filter, Listing} from '../port.ts';
import type {QueueCounts} from './amqp-on-demand.ts';
import {countedOneByOne, liveCounts} from './live-counts.ts';
import {readPolicies} from './policy-listing.ts';
import {settingsOf} from './policies.ts';
import type {Policies} from './policies.ts';
import {isInternal, kindOf, problemOf} from './queue-state.ts';
import {listQueues, queueStatistics} from './queue-record.ts';
import type {QueueRecord} from './queue-record.ts';
import {retentionOf} from './retention.ts';
import type {Session} from './session.ts';

/** All queues and streams of the vhost, or those that are named. */
export async function destinations(
  session: Session,
  {names, internal}: Filter,
  signal: AbortSignal,
): Promise<Listing<Destination>> {
  const [found, {policies, warnings}] = await Promise.all([
    listQueues(session, names, signal),
    readPolicies(session, signal),
  ]);
  const queues = found.filter(queue => internal || names.exact !== null || !isInternal(queue));
  const [live, bytes] = await Promise.all([
    liveCounts(
      session,
      queues.filter(({type}) => type !== 'classic'),
      signal,
    ),
    bytesOf(session, queues, signal),
  ]);
  const asOf = new Date();
  return {
    items: queues.map(queue => destinationOf(queue, policies, live.of(queue), bytes.of.get(queue.name) ?? null, asOf)),
    warnings: [...warnings, ...live.warnings, ...bytes.warnings],
  };
}

/** Statistics cost the server much more than totals, so bytes are told of few queues only. */
async function bytesOf(
  session: Session,
  queues: readonly QueueRecord[],
  signal: AbortSignal,
): Promise<{readonly of: ReadonlyMap<string, number>; readonly warnings: readonly Warning[]}> {
  const none = (code: string, message: string) => ({of: new Map<string, number>(), warnings: [{code, message}]});
  if (queues.length > countedOneByOne) {
    return none('bytesLeftOut', `Bytes are told of up to ${countedOneByOne} queues at once; name fewer to see them.`);
  }
  try {
    const statistics = await queueStatistics(
      session,
      queues.map(({name}) => name),
      signal,
    );
    return {
      of: new Map([...statistics].flatMap(([name, {message_bytes: n}]) => (typeof n === 'number' ? [[name, n]] : []))),
      warnings: [],
    };
  } catch (error) {
    stopIfAborted(signal);
    if (!(error instanceof Failure)) throw error;
    return none('bytesUnknown', `Bytes are not known: ${error.broker ?? error.message}`);
  }
}

/** One queue or stream; `live` and `bytes` are `null` where they were not had. */
export function destinationOf(
  queue: QueueRecord,
  policies: Policies | null,
  live: QueueCounts | null,
  bytes: number | null,
  asOf: Date,
): Destination {
  const problem = problemOf(queue);
  const depth = problem === null ? depthOf(queue, live, bytes, asOf) : unknownDepth(asOf);
  return {
    name: queue.name,
    kind: kindOf(queue),
    internal: isInternal(queue),
    partitions: [
      {
        id: null,
        depth,
        first: null,
        last: null,
        leader: queue.leader ?? queue.node ?? null,
        ...(problem === null ? {} : {problem}),
      },
    ],
    retention: policies ? retentionOf(queue.type === 'stream', settingsOf(queue, policies)) : {},
  };
}

function depthOf(queue: QueueRecord, live: QueueCounts | null, bytes: number | null, asOf: Date): Depth {
  const ready = queue.messages_ready ?? null;
  const inFlight = queue.messages_unacknowledged ?? null;
  const messages = queue.messages ?? null;
  if (queue.type === 'stream') {
    return {
      messages: live?.ready ?? null,
      ready: null,
      inFlight: null,
      scheduled: null,
      bytes: null,
      method: live ? 'passive declare' : 'none',
      exact: false,
      asOf,
      caveat: live
        ? "a stream's count is up to 5 s old, and includes the entries in which it keeps consumers' offsets"
        : 'only AMQP tells how many messages a stream holds, and it did not answer',
    };
  }
  if (queue.type === 'classic') {
    const caveat = bytes === null ? {} : {caveat: 'bytes are from management statistics, up to 10 s old'};
    return {messages, ready, inFlight, scheduled: null, bytes, method: 'queue totals', exact: true, asOf, ...caveat};
  }
  if (!live) {
    const caveat = "a quorum queue's totals are up to 5 s old";
    return {messages, ready, inFlight, scheduled: null, bytes, method: 'queue totals', exact: false, asOf, caveat};
  }
  return {
    // What is held besides the ready ones: in flight, and dead letters that wait for their target.
    messages: messages === null || ready === null ? null : live.ready + messages - ready,
    ready: live.ready,
    inFlight,
    scheduled: null,
    bytes,
    method: 'passive declare, queue totals',
    exact: false,
    asOf,
    caveat: "a quorum queue's ready messages are counted live; those in flight are up to 5 s old",
  };
}

function unknownDepth(asOf: Date): Depth {
  const unknown = {messages: null, ready: null, inFlight: null, scheduled: null, bytes: null};
  return {...unknown, method: 'none', exact: false, asOf};
}
