import {setTimeout as sleep} from 'node:timers/promises';
import {Failure} from '../../model/failure.ts';
import {stopIfAborted} from '../errors.ts';
import type {Delivery, Outcome, Taker, TakeLimits} from '../port.ts';
import {moveDeadLetters} from './dead-letters.ts';
import type {DestinationRecord} from './destinations.ts';
import {change, findDestination, viewOf, type Folder} from './folder.ts';
import {groupBy} from './grouping.ts';
import {dropSegments, recordsOf, type PartitionView} from './partition.ts';
import {claimed, isLive, writeState, type Claim, type PartitionState} from './partition-state.ts';
import {countWithin, holds, subtract, union, withPositions, type Ranges} from './ranges.ts';
import {toMessage} from './record.ts';

/** How long a destination has to stay empty before a take ends, and how often it is looked at meanwhile. */
const emptyMs = 250;
const lookMs = 25;

/** When a claim lapses whose owner is on another machine and cannot be asked. */
const claimMs = 3_600_000;

/** The place of a taken message; the taker's claim in the partition's state is what holds it. */
interface Token {
  readonly destination: string;
  readonly partition: string | null;
  readonly position: number;
}

export interface FileTaker extends Taker {
  /** Returns all that is still held: what a broker does when a connection is lost. */
  release(): Promise<void>;
}

export function fileTaker(folder: Folder): FileTaker {
  const touched = new Set<string>();
  return {
    take: (destination, limits, signal) => {
      touched.add(destination);
      return take(folder, destination, limits, signal);
    },
    settle: (deliveries, how, signal) => settle(folder, deliveries, how, signal),
    release: async () => {
      for (const destination of touched) await release(folder, destination);
      touched.clear();
    },
  };
}

async function* take(
  folder: Folder,
  destination: string,
  {window, limit}: TakeLimits,
  signal: AbortSignal,
): AsyncGenerator<readonly Delivery[], void, undefined> {
  stopIfAborted(signal);
  const record = await findDestination(folder, destination);
  let emptyUntil = Date.now() + emptyMs;
  for (let left = limit; left > 0;) {
    stopIfAborted(signal);
    const {deliveries, held} = await change(folder, signal, () => takeSome(folder, record, window, left, signal));
    if (deliveries.length > 0) {
      left -= deliveries.length;
      yield deliveries;
      emptyUntil = Date.now() + emptyMs;
    } else if (held < window && Date.now() > emptyUntil) return;
    else await sleep(lookMs, undefined, {signal}).catch(() => stopIfAborted(signal));
  }
}

/** Claims as many messages as the window has room for. The write lock is held. */
async function takeSome(
  folder: Folder,
  record: DestinationRecord,
  window: number,
  limit: number,
  signal: AbortSignal,
): Promise<{deliveries: Delivery[]; held: number}> {
  const deliveries: Delivery[] = [];
  let held = 0;
  for (const partition of record.partitions) {
    const view = await reclaim(folder, record, await viewOf(folder, record, partition), signal);
    const now = new Date();
    const taken = claimed(view.state, now);
    held += countWithin(ownClaims(folder, view.state), view.start, view.end);
    const room = Math.min(window - held, limit - deliveries.length);
    const found: Delivery[] = [];
    const free = {...view, state: {...view.state, removed: union(view.state.removed, taken)}};
    const counts = new Map(view.state.deliveries);
    if (room > 0) {
      for await (const stored of recordsOf(free, view.start, view.end, signal)) {
        const count = (counts.get(stored.position) ?? 0) + 1;
        counts.set(stored.position, count);
        found.push(deliver(record, partition, stored, count));
        if (found.length >= room) break;
      }
    }
    if (found.length === 0) continue;
    const positions = found.map(({token}) => (token as Token).position);
    await writeState(view.folder, {
      ...view.state,
      deliveries: counts,
      claims: withOwn(folder, view.state, withPositions(ownClaims(folder, view.state), positions), now),
    });
    held += found.length;
    deliveries.push(...found);
  }
  return {deliveries, held};
}

function deliver(
  record: DestinationRecord,
  partition: string | null,
  stored: Parameters<typeof toMessage>[0],
  deliveryCount: number,
): Delivery {
  const most = record.deadLetter?.maxDeliveries ?? null;
  const token: Token = {destination: record.name, partition, position: stored.position};
  return {
    message: toMessage(stored, {destination: record.name, partition, deliveryCount}),
    token,
    returnsLeft: most === null ? null : Math.max(0, most - deliveryCount),
  };
}

/** Gives back what dead takers held; what was delivered too often then goes to the dead letters. The write lock is held. */
async function reclaim(
  folder: Folder,
  record: DestinationRecord,
  view: PartitionView,
  signal: AbortSignal,
): Promise<PartitionView> {
  const now = new Date();
  const dead = view.state.claims.filter(claim => !isLive(claim, now));
  if (dead.length === 0) return view;
  const state = {...view.state, claims: view.state.claims.filter(claim => isLive(claim, now))};
  const returned = dead.flatMap(({positions}) => [...positionsOf(positions)]);
  const removed = await moveDeadLetters(folder, record, view, returned, signal);
  const kept = await writeState(view.folder, {...state, removed: withPositions(state.removed, removed)});
  await dropSegments(view, kept.start);
  return viewOf(folder, record, view.id);
}

async function settle(
  folder: Folder,
  deliveries: readonly Delivery[],
  how: 'accept' | 'return',
  signal: AbortSignal,
): Promise<readonly Outcome[]> {
  const tokens = deliveries.map(({token}) => token as Token);
  const outcomes = new Map<Token, Outcome>();
  const groups = groupBy(tokens, ({destination, partition}) => JSON.stringify([destination, partition]));
  await change(folder, signal, async () => {
    for (const group of groups.values()) {
      const [first] = group;
      if (!first) continue;
      const record = await findDestination(folder, first.destination);
      const view = await viewOf(folder, record, first.partition);
      const own = ownClaims(folder, view.state);
      const held = group.filter(({position}) => holds(own, position));
      await settleHeld(folder, record, view, how, held, signal);
      for (const token of group) outcomes.set(token, held.includes(token) ? done(token) : notHeld(token));
    }
  });
  return tokens.map(token => outcomes.get(token) ?? notHeld(token));
}

async function settleHeld(
  folder: Folder,
  record: DestinationRecord,
  view: PartitionView,
  how: 'accept' | 'return',
  held: readonly Token[],
  signal: AbortSignal,
): Promise<void> {
  const positions = held.map(({position}) => position);
  const left = subtract(ownClaims(folder, view.state), withPositions([], positions));
  const removed = how === 'accept' ? positions : await moveDeadLetters(folder, record, view, positions, signal);
  const kept = await writeState(view.folder, {
    ...view.state,
    removed: withPositions(view.state.removed, removed),
    claims: withOwn(folder, view.state, left, new Date()),
    deliveries: new Map([...view.state.deliveries].filter(([position]) => !removed.includes(position))),
  });
  await dropSegments(view, kept.start);
}

async function release(folder: Folder, destination: string): Promise<void> {
  const signal = AbortSignal.timeout(folder.target.timeoutMs);
  const record = await findDestination(folder, destination).catch(() => null);
  if (!record) return;
  await change(folder, signal, async () => {
    for (const partition of record.partitions) {
      const view = await viewOf(folder, record, partition);
      const held = [...positionsOf(ownClaims(folder, view.state))];
      const tokens = held.map(position => ({destination, partition, position}));
      if (tokens.length > 0) await settleHeld(folder, record, view, 'return', tokens, signal);
    }
  });
}

function ownClaims({owner}: Folder, state: PartitionState): Ranges {
  return state.claims.find(claim => claim.owner.token === owner.token)?.positions ?? [];
}

function withOwn({owner}: Folder, state: PartitionState, positions: Ranges, now: Date): readonly Claim[] {
  const others = state.claims.filter(claim => claim.owner.token !== owner.token);
  const expires = new Date(now.getTime() + claimMs);
  return positions.length === 0 ? others : [...others, {owner, expires, positions}];
}

function* positionsOf(ranges: Ranges): Generator<number, void, undefined> {
  for (const [from, to] of ranges) for (let position = from; position < to; position++) yield position;
}

function done({partition, position}: Token): Outcome {
  return {status: 'done', partition, position: String(position), duplicate: false};
}

function notHeld({destination, position}: Token): Outcome {
  return {
    status: 'failed',
    failure: new Failure('tryAgain', `Message ${position} of "${destination}" is not held any more`, {
      hints: ['It was settled before, or given back to the queue. Take it again.'],
    }),
  };
}
