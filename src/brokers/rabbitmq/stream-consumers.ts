import {Failure} from '../../model/failure.ts';
import type {Subscription} from '../../model/subscription.ts';
import {stopIfAborted} from '../errors.ts';
import type {SubscriptionFilter} from '../port.ts';
import type {Session} from './session.ts';

/** A consumer of the stream protocol, as the plugin rabbitmq_stream_management lists it. */
interface StreamConsumer {
  readonly queue?: {readonly name?: string};
  readonly offset?: number;
  readonly offset_lag?: number;
  readonly subscription_id?: number;
  readonly connection_details?: {readonly name?: string};
  readonly properties?: {readonly name?: string};
}

/**
 * Consumers of streams by RabbitMQ's stream protocol, one subscription for each name on each stream, or for each consumer
 * that has no name. Empty where the plugin is not there.
 */
export async function streamConsumers(
  {management, vhost}: Session,
  {names, destinations}: SubscriptionFilter,
  signal: AbortSignal,
): Promise<readonly Subscription[]> {
  let consumers: readonly StreamConsumer[];
  try {
    consumers = (await management.get(['stream', 'consumers', vhost], {}, signal)) as readonly StreamConsumer[];
  } catch (error) {
    stopIfAborted(signal);
    if (error instanceof Failure && ['notFound', 'denied', 'tryAgain'].includes(error.kind)) return [];
    throw error;
  }
  const groups = new Map<string, {name: string; stream: string; members: StreamConsumer[]}>();
  for (const consumer of consumers) {
    const stream = consumer.queue?.name;
    if (stream === undefined || !destinations.matches(stream)) continue;
    const name =
      consumer.properties?.name ??
      `${consumer.connection_details?.name ?? stream} ${consumer.subscription_id ?? ''}`.trim();
    if (!names.matches(name)) continue;
    const key = JSON.stringify([name, stream]);
    const group = groups.get(key);
    if (group) group.members.push(consumer);
    else groups.set(key, {name, stream, members: [consumer]});
  }
  const asOf = new Date();
  return [...groups.values()].map(group => subscriptionOf(group, asOf));
}

function subscriptionOf(
  {name, stream, members}: {name: string; stream: string; members: readonly StreamConsumer[]},
  asOf: Date,
): Subscription {
  // Of a name's several consumers (single active consumer), the one that is farthest on is the active one.
  const offset = Math.max(...members.map(one => one.offset ?? -1));
  const lags = members.flatMap(({offset_lag: lag}) => (lag === undefined ? [] : [lag]));
  return {
    name,
    kind: 'stream consumer',
    internal: false,
    brokerState: null,
    members: members.length,
    progress: [
      {
        destination: stream,
        partition: null,
        position: offset < 0 ? null : String(offset + 1),
        first: null,
        end: null,
        lag: lags.length === 0 ? null : Math.min(...lags),
        lost: null,
        inFlight: null,
        redelivered: null,
        flags: [],
        member: members[0]?.connection_details?.name ?? null,
        method: 'stream consumer offset lag',
        exact: false,
        asOf,
        caveat: "a stream consumer's lag is counted in whole chunks, and is 0 before it has read any",
      },
    ],
  };
}
