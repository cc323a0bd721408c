import type {Warning} from '../../model/failure.ts';
import type {Progress, Subscription} from '../../model/subscription.ts';
import type {Listing, SubscriptionFilter} from '../port.ts';
import type {JetStreamApi} from './api.ts';
import {listConsumers} from './consumers.ts';
import type {FoundConsumer} from './consumers.ts';
import {isInternal} from './destinations.ts';
import {exhausted} from './exhausted.ts';
import {filtersOf, timeOf} from './records.ts';
import type {ConsumerRecord, StreamRecord} from './records.ts';
import {listStreams} from './streams.ts';

/** A consumer that got nothing for so long, and asks for nothing, has nobody behind it. */
const quietMs = 60_000;

/** The consumers of all streams that are meant. A name belongs to one stream, so each has one line of progress. */
export async function subscriptions(
  api: JetStreamApi,
  {names, destinations, internal}: SubscriptionFilter,
  signal: AbortSignal,
): Promise<Listing<Subscription>> {
  const streams = (await listStreams(api, destinations, signal)).filter(
    ({name}) => internal || destinations.exact !== null || !isInternal(name),
  );
  const records = new Map(streams.map(({name, record}) => [name, record]));
  const all = await listConsumers(
    api,
    streams.map(({name}) => name),
    signal,
  );
  const found = all.items.filter(({name}) => names.matches(name));
  const asOf = new Date();
  const items = found.map(consumer => subscriptionOf(consumer, records.get(consumer.stream) ?? null, asOf));
  return {
    items: items.sort((one, other) => compare(keyOf(one), keyOf(other))),
    warnings: [
      ...all.warnings,
      ...found.flatMap(({record}) => (record === null ? [] : stateWarnings(record))),
      ...(await exhausted(api, found, all.items, records, signal)),
    ],
  };
}

function subscriptionOf({stream, name, record}: FoundConsumer, held: StreamRecord | null, asOf: Date): Subscription {
  return {
    name,
    kind: record === null ? 'consumer' : kindOf(record),
    internal: isInternal(stream),
    brokerState: record === null ? null : stateOf(record),
    members: record === null ? null : membersOf(record, asOf),
    progress: [record === null ? unanswered(stream, asOf) : progressOf(record, held, asOf)],
  };
}

function progressOf(record: ConsumerRecord, held: StreamRecord | null, asOf: Date): Progress {
  const next = record.delivered.stream_seq + 1;
  const first = held === null ? null : Math.max(1, held.state.first_seq);
  // The consumer was asked after its stream, and may have gone further than the stream's answer knows.
  const end = held === null ? null : Math.max(held.state.last_seq + 1, next);
  const passedOver = first !== null && next < first;
  return {
    destination: record.stream_name,
    partition: null,
    position: String(next),
    first: first === null ? null : String(first),
    end: end === null ? null : String(end),
    lag: record.num_pending,
    lost: first === null || passedOver ? null : 0,
    inFlight: record.num_ack_pending,
    redelivered: record.num_redelivered,
    flags: [],
    member: null,
    method: 'consumer info',
    exact: true,
    asOf,
    ...(passedOver
      ? {
          caveat: `the stream begins at ${first}: how many of the messages before it this consumer would have got is not known`,
        }
      : {}),
  };
}

function unanswered(stream: string, asOf: Date): Progress {
  return {
    destination: stream,
    partition: null,
    position: null,
    first: null,
    end: null,
    lag: null,
    lost: null,
    inFlight: null,
    redelivered: null,
    flags: [],
    member: null,
    method: 'none',
    exact: false,
    asOf,
    problem: 'the leader of the consumer does not answer',
  };
}

export function kindOf({config}: ConsumerRecord): string {
  const life = config.durable_name === undefined ? 'ephemeral' : 'durable';
  return `${life} ${config.deliver_subject === undefined ? 'pull' : 'push'}`;
}

/** What holds a consumer up, in the server's words; `null` when nothing does. */
export function stateOf(record: ConsumerRecord): string | null {
  if (record.paused === true) return 'paused';
  if (isStalled(record)) return 'stalled';
  const pinned = record.priority_groups?.flatMap(({pinned_client_id: client}) => client ?? []) ?? [];
  if (pinned.length > 0) return `pinned to ${pinned.join(', ')}`;
  if (record.config.deliver_subject === undefined) return null;
  return record.push_bound === true ? 'bound' : 'not bound';
}

/** It delivers nothing more until something is acknowledged. */
function isStalled({config, num_ack_pending: held, num_pending: waiting}: ConsumerRecord): boolean {
  const most = config.max_ack_pending ?? 0;
  return most > 0 && held >= most && waiting > 0;
}

/** Unknown where a client may be busy with what it got: the server counts waiting requests only. */
function membersOf(record: ConsumerRecord, now: Date): number | null {
  // How many share a queue group the server does not tell.
  if (record.config.deliver_subject !== undefined) {
    if (record.push_bound !== true) return 0;
    return record.config.deliver_group === undefined ? 1 : null;
  }
  if (record.num_waiting > 0) return record.num_waiting;
  const last = timeOf(record.delivered.last_active);
  const quiet = last === null || now.getTime() - last.getTime() > quietMs;
  return quiet && record.num_ack_pending === 0 ? 0 : null;
}

function stateWarnings(record: ConsumerRecord): Warning[] {
  const about = `Consumer "${record.name}" of "${record.stream_name}"`;
  if (record.paused === true) {
    const left = record.pause_remaining === undefined ? '' : ` for ${Math.round(record.pause_remaining / 1e9)} s more`;
    return [{code: 'consumerPaused', message: `${about} is paused${left}.`}];
  }
  if (!isStalled(record)) return [];
  const most = record.config.max_ack_pending ?? 0;
  const message = `${about} is stalled: ${record.num_ack_pending} messages wait for an acknowledgement and max_ack_pending is ${most}.`;
  return [{code: 'consumerStalled', message}];
}

/** The subjects of a consumer, for people. */
export function filterText(record: ConsumerRecord): string {
  const filters = filtersOf(record.config);
  return filters.join() === '>' ? '' : ` on ${filters.join(', ')}`;
}

function keyOf({name, progress}: Subscription): string {
  return `${name}\0${progress[0]?.destination ?? ''}`;
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
