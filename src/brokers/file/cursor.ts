import {Failure, type Warning} from '../../model/failure.ts';
import {formatPosition, type Position} from '../../model/position.ts';
import {stopIfAborted} from '../errors.ts';
import type {Cursor, CursorMove, CursorPlan, Outcome} from '../port.ts';
import {change, findDestination, findSubscription, viewOf, type Folder} from './folder.ts';
import {countHeld, type PartitionView} from './partition.ts';
import {clamp, firstAt, parseToken} from './positions.ts';
import {requireUnchanged, type Precondition} from './preconditions.ts';
import {readCursors, writeCursors, type CursorEntry} from './subscriptions.ts';

export function fileCursor(folder: Folder): Cursor {
  return {
    plan: (subscription, destination, to, signal) => plan(folder, subscription, destination, to, signal),
    apply: (cursorPlan, signal) => apply(folder, cursorPlan, signal),
  };
}

async function plan(
  folder: Folder,
  subscription: string,
  destination: string,
  to: Position,
  signal: AbortSignal,
): Promise<CursorPlan> {
  stopIfAborted(signal);
  const {members} = await findSubscription(folder, subscription);
  const record = await findDestination(folder, destination);
  const cursors = await readCursors(folder.path, subscription, destination);
  const moves: CursorMove[] = [];
  const preconditions: Precondition[] = [{name: `destination ${destination}`, value: record.id}];
  const warnings: Warning[] = [];
  for (const partition of record.partitions) {
    const from = cursors?.entries.find(entry => entry.partition === partition)?.cursor ?? null;
    const view = await viewOf(folder, record, partition);
    const wanted = await target(view, from, to, subscription, signal);
    const place = clamp(wanted, view.start, view.end);
    if (place !== wanted) warnings.push(outOfRange(destination, partition, wanted, place));
    moves.push({
      destination,
      partition,
      from: from === null ? null : String(from),
      to: String(place),
      repeats: from === null ? null : repeats(view, from, place),
    });
    preconditions.push({name: cursorName(destination, partition), value: String(from)});
  }
  if (members.length > 0) warnings.push(withMembers(subscription, members.length));
  return {subscription, moves, preconditions, warnings};
}

async function target(
  view: PartitionView,
  from: number | null,
  to: Position,
  subscription: string,
  signal: AbortSignal,
): Promise<number> {
  switch (to.at) {
    case 'earliest':
      return view.start;
    case 'latest':
      return view.end;
    case 'offset':
    case 'native':
      return parseToken(to);
    case 'time':
      return firstAt(view, to.time, signal);
    case 'shift':
      if (from !== null) return from + Number(to.by);
      throw new Failure(
        'usage',
        `"${subscription}" has no cursor in partition ${view.id} to move by ${formatPosition(to)}`,
        {
          hints: ['Name a place: earliest, latest, a position or a time.'],
        },
      );
  }
}

/** Messages between the two places that are still held; negative when they are skipped. */
function repeats(view: PartitionView, from: number, to: number): number {
  const between = countHeld(view, Math.min(from, to), Math.max(from, to));
  return to <= from ? between : -between;
}

async function* apply(
  folder: Folder,
  {subscription, moves, preconditions}: CursorPlan,
  signal: AbortSignal,
): AsyncGenerator<Outcome, void, undefined> {
  const outcomes = await change(folder, signal, async () => {
    await findSubscription(folder, subscription);
    const [first] = moves;
    if (!first) return [];
    const {destination} = first;
    const record = await findDestination(folder, destination);
    const cursors = await readCursors(folder.path, subscription, destination);
    const entries = new Map((cursors?.entries ?? []).map(entry => [entry.partition, entry]));
    requireUnchanged(preconditions, [
      {name: `destination ${destination}`, value: record.id},
      ...record.partitions.map(partition => ({
        name: cursorName(destination, partition),
        value: String(entries.get(partition)?.cursor ?? null),
      })),
    ]);
    for (const {partition, to} of moves) entries.set(partition, moved(entries.get(partition), partition, to));
    await writeCursors(folder.path, subscription, {destination, entries: [...entries.values()]});
    return moves.map(({partition, to}): Outcome => ({status: 'done', partition, position: to, duplicate: false}));
  });
  yield* outcomes;
}

/** What a consumer had in its hands is not so any more once its cursor is elsewhere. */
function moved(entry: CursorEntry | undefined, partition: string | null, to: string): CursorEntry {
  return {partition, cursor: Number(to), inFlight: null, redelivered: null, member: entry?.member ?? null};
}

function cursorName(destination: string, partition: string | null): string {
  return `cursor ${destination}:${partition}`;
}

function outOfRange(destination: string, partition: string | null, wanted: number, place: number): Warning {
  return {
    code: 'positionOutOfRange',
    message: `${destination}:${partition} does not hold position ${wanted}; the cursor goes to ${place}`,
  };
}

function withMembers(subscription: string, count: number): Warning {
  const said = count === 1 ? '1 member is' : `${count} members are`;
  return {code: 'members', message: `${said} on "${subscription}" and may move the cursor again`};
}
