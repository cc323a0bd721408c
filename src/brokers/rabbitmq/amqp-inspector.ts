import type {Depth} from '../../model/depth.ts';
import type {Destination} from '../../model/destination.ts';
import {Failure} from '../../model/failure.ts';
import type {NameFilter} from '../../model/name-filter.ts';
import type {Target} from '../../model/target.ts';
import type {Capabilities} from '../capabilities.ts';
import {noDestination} from '../errors.ts';
import type {Inspector} from '../port.ts';
import type {AmqpOnDemand, QueueCounts} from './amqp-on-demand.ts';

/**
 * What AMQP alone tells: how many messages a queue has ready and how many consumers, of queues that are named. It lists
 * nothing, and knows neither what is in flight nor of which type a queue is.
 */
export function amqpInspector(target: Target, amqp: AmqpOnDemand, capabilities: Capabilities): Inspector {
  /** Counts of the named queues that exist; a count that failed otherwise is its failure. */
  async function counted(names: NameFilter, signal: AbortSignal): Promise<readonly [string, QueueCounts | Failure][]> {
    if (names.exact === null) {
      throw new Failure('unsupported', `Could not list queues on ${target.name}`, {
        broker: 'AMQP has no request for it, and the management API is not there',
        hints: [
          'Name the queues in full, without globs.',
          'Say where the management API is: amqp://host/vhost?management=http://host:15672',
        ],
      });
    }
    const counts = await amqp.count([...names.exact].sort(), signal);
    return [...counts].filter(([, found]) => !(found instanceof Failure && found.kind === 'notFound'));
  }

  return {
    async destinations({names}, signal) {
      const found = await counted(names, signal);
      return {items: found.map(([name, counts]) => destinationOf(name, counts, new Date())), warnings: []};
    },

    async subscriptions({names, destinations}, signal) {
      const found = await counted(names.exact === null ? destinations : names, signal);
      const asOf = new Date();
      const items = found
        .filter(([name]) => names.matches(name) && destinations.matches(name))
        .map(([name, counts]) => {
          const {depth, problem} = countOf(counts, asOf);
          const {method, exact, caveat} = depth;
          return {
            name,
            kind: 'queue',
            internal: false,
            brokerState: null,
            members: counts instanceof Failure ? null : counts.consumers,
            progress: [
              {
                destination: name,
                partition: null,
                position: null,
                first: null,
                end: null,
                lag: depth.ready,
                lost: null,
                inFlight: null,
                redelivered: null,
                flags: [],
                member: null,
                method,
                exact,
                asOf,
                ...(caveat === undefined ? {} : {caveat}),
                ...(problem === null ? {} : {problem}),
              },
            ],
          };
        });
      return {items, warnings: []};
    },

    async ages() {
      return {items: [], warnings: []};
    },

    async deadLetters() {
      return {items: [], warnings: []};
    },

    async describe(name, signal) {
      const found = (await amqp.count([name], signal)).get(name);
      if (found instanceof Failure) throw found.kind === 'notFound' ? noDestination(target, 'queue', name) : found;
      if (!found) throw noDestination(target, 'queue', name);
      return {
        destination: destinationOf(name, found, new Date()),
        capabilities,
        facts: [{section: 'consumers', name: 'now', value: String(found.consumers)}],
        record: {name, messages_ready: found.ready, consumers: found.consumers},
      };
    },
  };
}

function destinationOf(name: string, counts: QueueCounts | Failure, asOf: Date): Destination {
  const {depth, problem} = countOf(counts, asOf);
  const place = {id: null, depth, first: null, last: null, leader: null};
  return {
    name,
    kind: 'queue',
    internal: false,
    partitions: [problem === null ? place : {...place, problem}],
    retention: {},
  };
}

function countOf(counts: QueueCounts | Failure, asOf: Date): {readonly depth: Depth; readonly problem: string | null} {
  const unknown = {messages: null, ready: null, inFlight: null, scheduled: null, bytes: null, asOf};
  if (counts instanceof Failure) {
    return {depth: {...unknown, method: 'none', exact: false}, problem: counts.broker ?? counts.message};
  }
  const caveat = 'ready messages only: AMQP does not tell how many are in flight';
  return {depth: {...unknown, ready: counts.ready, method: 'passive declare', exact: true, caveat}, problem: null};
}
