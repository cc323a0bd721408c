import {Failure, type Warning} from '../../model/failure.ts';
import {stopIfAborted} from '../errors.ts';
import type {Outcome, PurgePlan, Purger, PurgeSelection} from '../port.ts';
import type {DestinationRecord} from './destinations.ts';
import {change, findDestination, viewOf, type Folder} from './folder.ts';
import {countHeld, dropSegments, firstHeld, type PartitionView} from './partition.ts';
import {claimed, writeState} from './partition-state.ts';
import {parseToken, resolvePosition} from './positions.ts';
import {requireUnchanged, type Precondition} from './preconditions.ts';
import {countWithin, union, withPositions, type Ranges} from './ranges.ts';

export function filePurger(folder: Folder): Purger {
  return {
    plan: (destination, selection, signal) => plan(folder, destination, selection, signal),
    apply: (purgePlan, signal) => apply(folder, purgePlan, signal),
  };
}

async function plan(
  folder: Folder,
  destination: string,
  selection: PurgeSelection,
  signal: AbortSignal,
): Promise<PurgePlan> {
  stopIfAborted(signal);
  const record = await findDestination(folder, destination);
  const cuts: PurgePlan['cuts'][number][] = [];
  const preconditions: Precondition[] = [{name: `destination ${destination}`, value: record.id}];
  const warnings: Warning[] = [];
  for (const partition of touched(record, selection)) {
    const view = await viewOf(folder, record, partition);
    const goes = await select(view, selection, signal);
    const inFlight = countWithin(claimed(view.state, new Date()), view.start, view.end);
    if (inFlight > 0) warnings.push(heldBack(destination, inFlight));
    cuts.push({partition, messages: heldIn(view, goes), stays: String(firstStaying(view, goes))});
    preconditions.push(standing(record, view));
  }
  return {destination, selection, cuts, preconditions, warnings};
}

async function* apply(
  folder: Folder,
  {destination, selection, cuts, preconditions}: PurgePlan,
  signal: AbortSignal,
): AsyncGenerator<Outcome, void, undefined> {
  const outcomes = await change(folder, signal, async () => {
    const record = await findDestination(folder, destination);
    const views: PartitionView[] = [];
    for (const {partition} of cuts) views.push(await viewOf(folder, record, partition));
    requireUnchanged(preconditions, [
      {name: `destination ${destination}`, value: record.id},
      ...views.map(view => standing(record, view)),
    ]);
    const done: Outcome[] = [];
    for (const [index, view] of views.entries()) {
      const stays = cuts[index]?.stays ?? null;
      // Up to where the plan said, so that what came since stays.
      const goes: Ranges =
        selection.what === 'positions' ? await select(view, selection, signal) : [[view.start, Number(stays)]];
      const state = await writeState(view.folder, {...view.state, removed: union(view.state.removed, goes)});
      await dropSegments(view, state.start);
      done.push({status: 'done', partition: view.id, position: stays, duplicate: false});
    }
    return done;
  });
  yield* outcomes;
}

function touched(record: DestinationRecord, selection: PurgeSelection): readonly (string | null)[] {
  if (selection.what !== 'positions') return record.partitions;
  const named = new Set(selection.positions.map(({partition}) => partition));
  for (const partition of named) {
    if (record.partitions.includes(partition)) continue;
    throw new Failure('notFound', `"${record.name}" has no partition ${partition}`, {
      hints: [`Its partitions: brokerctl describe ${record.name}`],
    });
  }
  return record.partitions.filter(partition => named.has(partition));
}

/** What a selection takes from a partition. */
async function select(view: PartitionView, selection: PurgeSelection, signal: AbortSignal): Promise<Ranges> {
  switch (selection.what) {
    case 'all':
      return [[view.start, view.end]];
    case 'before':
      return [[view.start, await resolvePosition(view, selection.position, signal)]];
    case 'positions': {
      const named = selection.positions.filter(({partition}) => partition === view.id);
      const positions = named.map(({position}) => parseToken({at: 'native', token: position}));
      return withPositions(
        [],
        positions.filter(position => position >= view.start && position < view.end),
      );
    }
  }
}

function heldIn(view: PartitionView, ranges: Ranges): number {
  return ranges.reduce((sum, [from, to]) => sum + countHeld(view, from, to), 0);
}

function firstStaying(view: PartitionView, goes: Ranges): number {
  return firstHeld({...view, state: {...view.state, removed: union(view.state.removed, goes)}}, view.start);
}

/** Where a partition begins and what is missing from it: a purge done since would have changed it, a write would not. */
function standing({name}: DestinationRecord, view: PartitionView): Precondition {
  const gone = countWithin(view.state.removed, view.start, view.end);
  return {name: `held ${name}:${view.id}`, value: `from ${view.start} without ${gone}`};
}

function heldBack(destination: string, count: number): Warning {
  return {
    code: 'inFlight',
    message: `${count} of the messages of "${destination}" are in the hands of a taker now; they go too, and it will not be able to settle them`,
  };
}
