import type {Age, Unread} from '../../model/age.ts';
import {Failure} from '../../model/failure.ts';
import {stopIfAborted} from '../errors.ts';
import type {Listing} from '../port.ts';
import {isName} from './api.ts';
import type {JetStreamApi} from './api.ts';
import {filtersOf} from './records.ts';
import type {ConsumerRecord} from './records.ts';
import {messageFrom} from './stored-message.ts';

/** Ages asked for at the same time. */
const inFlight = 32;

/** How long ago the server stored the first message that each consumer has yet to get. */
export async function ages(api: JetStreamApi, of: readonly Unread[], signal: AbortSignal): Promise<Listing<Age>> {
  const items: Age[] = [];
  for (let at = 0; at < of.length; at += inFlight) {
    items.push(...(await Promise.all(of.slice(at, at + inFlight).map(unread => ageOf(api, unread, signal)))));
  }
  return {items, warnings: []};
}

async function ageOf(api: JetStreamApi, of: Unread, signal: AbortSignal): Promise<Age> {
  try {
    const oldest = await firstUnread(api, of, signal);
    const asOf = new Date();
    const seconds = oldest === null ? 0 : Math.max(0, (asOf.getTime() - oldest.getTime()) / 1000);
    return {of, seconds, oldest, method: 'time of the first message', exact: true, asOf};
  } catch (error) {
    stopIfAborted(signal);
    if (!(error instanceof Failure)) throw error;
    const problem = error.broker ?? error.message;
    return {of, seconds: null, oldest: null, method: 'none', exact: false, asOf: new Date(), problem};
  }
}

async function firstUnread(
  api: JetStreamApi,
  {destination: stream, subscription, position}: Unread,
  signal: AbortSignal,
): Promise<Date | null> {
  if (subscription === null || !isName(subscription)) {
    const first = await messageFrom(api, stream, {sequence: Number(position ?? 1), subject: '>'}, signal);
    return first?.time ?? null;
  }
  const doing = `read consumer "${subscription}" of "${stream}"`;
  const record = (await api.request(`CONSUMER.INFO.${stream}.${subscription}`, null, doing, signal)) as ConsumerRecord;
  if (record.num_pending === 0) return null;
  const sequence = record.delivered.stream_seq + 1;
  const firsts = await Promise.all(
    filtersOf(record.config).map(subject => messageFrom(api, stream, {sequence, subject}, signal)),
  );
  const times = firsts.flatMap(found => (found === null ? [] : [found.time.getTime()]));
  return times.length === 0 ? null : new Date(Math.min(...times));
}
