import type {NameFilter} from '../../model/name-filter.ts';
import {Failure} from '../../model/failure.ts';
import type {Session} from './session.ts';

/**
 * A queue as the management API lists it. A key may be absent or `null` when the server does not know it yet: statistics
 * come seconds after a queue, and a node that is down gives none.
 */
export interface QueueRecord {
  readonly name: string;
  /** `classic`, `quorum`, `stream`, or a plugin's own. */
  readonly type?: string | null;
  readonly state?: string | null;
  readonly node?: string | null;
  readonly leader?: string | null;
  readonly members?: readonly string[] | null;
  readonly online?: readonly string[] | null;
  readonly arguments?: Readonly<Record<string, unknown>> | null;
  readonly durable?: boolean | null;
  readonly auto_delete?: boolean | null;
  readonly exclusive?: boolean | null;
  readonly internal?: boolean | null;
  readonly policy?: string | null;
  readonly operator_policy?: string | null;
  readonly messages?: number | null;
  readonly messages_ready?: number | null;
  readonly messages_unacknowledged?: number | null;
  /** Only in the statistics. */
  readonly message_bytes?: number | null;
  readonly messages_dlx?: number | null;
  readonly messages_delayed?: number | null;
  readonly consumers?: number | null;
  readonly head_message_timestamp?: number | string | null;
  readonly single_active_consumer_tag?: string | null;
}

/** Asked by name up to this many; more are picked out of the whole listing, as the regex would make too long a URL. */
const mostNames = 50;
/** The server's own largest page. */
const pageSize = '500';

/**
 * Queues of the vhost with their totals and without statistics, in two requests whatever their number: the totals leave
 * out classic queues on a node that is down, so what queues there are is asked apart. The server asks every classic queue
 * for its totals, so these are true at the time of the answer. Quorum queues report theirs every 5 s
 * (`quorum_tick_interval`), and streams have none here. A record without totals is of a queue that does not answer.
 *
 * All queues come in one answer and not in pages: pages are cut by place in a list that changes meanwhile, so a queue
 * could be missed, and the server lists all queues anew for each.
 */
export async function listQueues(
  session: Session,
  names: NameFilter,
  signal: AbortSignal,
): Promise<readonly QueueRecord[]> {
  const queues = await recordsWithTotals(session, names, signal);
  const silent = new Set(queues.filter(lacksTotals).map(({name}) => name));
  if (silent.size === 0) return queues;
  // A queue that was made or deleted between the two requests lacks totals too: a second look tells it from a dead one.
  const again = await recordsWithTotals(session, namesOnly([...silent]), signal);
  return [...queues.filter(({name}) => !silent.has(name)), ...again].sort(byName);
}

function lacksTotals({type, messages_ready: ready}: QueueRecord): boolean {
  return type !== 'stream' && typeof ready !== 'number';
}

async function recordsWithTotals(session: Session, names: NameFilter, signal: AbortSignal): Promise<QueueRecord[]> {
  const {management, vhost} = session;
  const query = {disable_stats: 'true', ...namedIn(names)};
  const [plain, totals] = await Promise.all([
    management.get(['queues', vhost], query, signal),
    management.get(['queues', vhost], {...query, enable_queue_totals: 'true'}, signal),
  ]);
  return mergeListings(recordsIn(plain, names), recordsIn(totals, names)).sort(byName);
}

/** Puts both listings together: what only one of them knows is kept. */
export function mergeListings(plain: readonly QueueRecord[], totals: readonly QueueRecord[]): QueueRecord[] {
  const merged = new Map(totals.map(record => [record.name, record]));
  for (const record of plain) {
    const counted = merged.get(record.name);
    // Only the plain listing knows of queues that are down or without a majority; 3.10 calls all others `live` there.
    const state = record.state === 'live' ? (counted?.state ?? record.state) : record.state;
    merged.set(record.name, {...counted, ...record, ...(state === undefined ? {} : {state})});
  }
  return [...merged.values()];
}

function byName(one: QueueRecord, other: QueueRecord): number {
  return one.name < other.name ? -1 : 1;
}

/**
 * The management statistics of the named queues: bytes, consumers, the head's timestamp. They are 5 to 10 s old, and cost
 * the server about 0.1 to 0.2 ms a queue.
 */
export async function queueStatistics(
  session: Session,
  names: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, QueueRecord>> {
  const filters = Array.from({length: Math.ceil(names.length / mostNames)}, (_, part) =>
    namesOnly(names.slice(part * mostNames, (part + 1) * mostNames)),
  );
  const parts = await Promise.all(
    filters.map(async filter =>
      recordsIn(await session.management.get(['queues', session.vhost], namedIn(filter), signal), filter),
    ),
  );
  return new Map(parts.flat().map(record => [record.name, record]));
}

/** A filter of names that are not patterns even where they look like one. */
export function namesOnly(names: readonly string[]): NameFilter {
  const exact = new Set(names);
  return {matches: name => exact.has(name), exact: names};
}

/** The server filters only what it pages. */
function namedIn({exact}: NameFilter): Readonly<Record<string, string>> {
  if (exact === null || exact.length > mostNames) return {};
  const name = `^(?:${exact.map(word => word.replace(/[\\^$.*+?()[\]{}|#\s-]/g, String.raw`\$&`)).join('|')})$`;
  return {page: '1', page_size: pageSize, use_regex: 'true', name};
}

/** The whole listing is an array, a page an object around one. */
function recordsIn(answer: unknown, names: NameFilter): readonly QueueRecord[] {
  const list: unknown = typeof answer === 'object' && answer !== null && 'items' in answer ? answer.items : answer;
  if (!Array.isArray(list)) throw new Failure('unreachable', 'The management API answered without a list of queues');
  return (list as readonly QueueRecord[]).filter(({name}) => names.matches(name));
}
