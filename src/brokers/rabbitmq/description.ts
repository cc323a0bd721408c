import {noDestination} from '../errors.ts';
import type {Capabilities} from '../capabilities.ts';
import type {Description} from '../port.ts';
import type {Binding} from './exchange-routes.ts';
import {destinationOf} from './destinations.ts';
import {liveCounts} from './live-counts.ts';
import {readPolicies} from './policy-listing.ts';
import {settingsOf} from './policies.ts';
import type {Settings} from './policies.ts';
import {isAtLeast} from './queue-facts.ts';
import {listQueues, namesOnly} from './queue-record.ts';
import type {QueueRecord} from './queue-record.ts';
import {narrowToQueue} from './rabbit-capabilities.ts';
import type {Session} from './session.ts';

type Fact = Description['facts'][number];

/** The record of one queue with its statistics, as the management API gives it. */
interface QueueInFull extends QueueRecord {
  readonly consumer_details?: readonly {
    readonly consumer_tag?: string;
    readonly prefetch_count?: number;
    readonly ack_required?: boolean;
    readonly active?: boolean;
    readonly channel_details?: {readonly connection_name?: string; readonly user?: string};
  }[];
}

/** One queue or stream in full. @throws {Failure} `notFound` */
export async function describe(
  session: Session,
  capabilities: Capabilities,
  name: string,
  signal: AbortSignal,
): Promise<Description> {
  const {management, vhost, target} = session;
  const found = await listQueues(session, namesOnly([name]), signal);
  const [queue] = found;
  if (!queue) throw noDestination(target, 'queue', name);
  const [full, bindings, {policies}, live] = await Promise.all([
    management.get(['queues', vhost, name], {}, signal) as Promise<QueueInFull>,
    management.get(['queues', vhost, name, 'bindings'], {}, signal) as Promise<readonly Binding[]>,
    readPolicies(session, signal),
    liveCounts(session, found, signal),
  ]);
  const settings = settingsOf(queue, policies);
  const bound = bindings.filter(({source}) => source !== '');
  return {
    destination: destinationOf(queue, policies, live.of(queue), full.message_bytes ?? null, new Date()),
    capabilities: narrowToQueue(capabilities, queue.type ?? null),
    facts: [
      ...queueFacts(session, queue, full),
      ...settingFacts(session, queue, settings),
      ...consumerFacts(full, live.of(queue)?.consumers ?? null),
      ...bound.map(({source, routing_key: key}) => ({section: 'bindings', name: source, value: key})),
    ],
    record: {...full, bindings: bound},
  };
}

function queueFacts({vhost}: Session, queue: QueueRecord, full: QueueInFull): Fact[] {
  const of: readonly (readonly [string, unknown])[] = [
    ['vhost', vhost],
    ['type', queue.type],
    ['state', queue.state],
    ['node', queue.node],
    ['leader', queue.leader ?? full.leader],
    ['members', queue.members ?? full.members],
    ['online', queue.online ?? full.online],
    ['durable', queue.durable],
    ['auto-delete', queue.auto_delete],
    ['exclusive', full.exclusive],
    ['policy', queue.policy],
    ['operator policy', full.operator_policy],
    ['dead letters that wait for their target', full.messages_dlx || null],
    ['messages held back before a retry', full.messages_delayed || null],
  ];
  return of.flatMap(([name, value]) => (isSaid(value) ? [{section: 'queue', name, value: shown(value)}] : []));
}

function settingFacts({version}: Session, queue: QueueRecord, settings: Settings): Fact[] {
  const facts = [...settings].map(([name, {value, from}]) => ({
    section: 'settings',
    name,
    value: `${shown(value)} (${from})`,
  }));
  if (queue.type === 'quorum' && !settings.has('delivery-limit')) {
    const value = isAtLeast(version, 4, 0) ? '20 (the default of RabbitMQ 4)' : 'none';
    facts.push({section: 'settings', name: 'delivery-limit', value});
  }
  return facts;
}

function consumerFacts(full: QueueInFull, live: number | null): Fact[] {
  const count = live === null ? [] : [{section: 'consumers', name: 'now', value: String(live)}];
  const each = (full.consumer_details ?? []).map(one => ({
    section: 'consumers',
    name: one.consumer_tag ?? '',
    value: [
      one.channel_details?.connection_name,
      one.channel_details?.user === undefined ? null : `user ${one.channel_details.user}`,
      one.prefetch_count === undefined ? null : `prefetch ${one.prefetch_count}`,
      one.ack_required === false ? 'no acknowledgement' : null,
      one.active === false ? 'waiting' : null,
    ]
      .filter(Boolean)
      .join(', '),
  }));
  return [...count, ...each];
}

function isSaid(value: unknown): boolean {
  return value !== null && value !== undefined && !(Array.isArray(value) && value.length === 0);
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return value.map(shown).join(', ');
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value);
}
