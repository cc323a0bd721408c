import type {Description} from '../brokers/port.ts';
import {Failure} from '../model/failure.ts';
import type {ContextWarning} from '../model/report.ts';
import type {Context} from './context.ts';
import {fanOut} from './fan-out.ts';
import {noPartition, oneTerm} from './naming.ts';
import {sayUnmatched, Selection, type Unmatched} from './selection.ts';

/** A destination to read messages from. */
export interface Source {
  readonly context: Context;
  readonly description: Description;
  /** Partitions meant; `null` is all. */
  readonly partitions: readonly string[] | null;
}

export interface Sources {
  readonly sources: readonly Source[];
  readonly warnings: readonly ContextWarning[];
  readonly failures: readonly Failure[];
}

/** More than anyone reads at a time, and each costs a request. */
const most = 200;

/**
 * Finds the destinations that words name, with what can be done with each.
 * @param partitions further partitions meant, of every destination (`--partition`)
 * @throws {Failure} the only one there was, when nothing is left to read; `usage` when a pattern takes in too much
 */
export async function findSources(
  contexts: readonly Context[],
  {words, partitions, internal}: {words: readonly string[]; partitions: readonly string[]; internal: boolean},
  signal: AbortSignal,
): Promise<Sources> {
  const selection = new Selection(words);
  const unmatched = new Map<string, readonly Unmatched[]>();
  const found = await fanOut(contexts, async context => {
    const {inspector} = context.broker;
    const {items, warnings} = await inspector.destinations({names: selection.names, internal}, signal);
    const names = items.map(({name}) => name);
    unmatched.set(context.name, selection.unmatched(names));
    const picked = selection.pick(names);
    if (picked.size > most) {
      throw new Failure('usage', `${words.join(', ')} is ${picked.size} destinations, and ${most} can be read at once`);
    }
    const rows = await Promise.all(
      [...picked].map(async ([name, only]): Promise<Source> => {
        const description = await inspector.describe(name, signal);
        const meant = [...(only ?? []), ...partitions];
        const there = description.destination.partitions.flatMap(({id}) => id ?? []);
        const missing = meant.find(id => !there.includes(id));
        if (missing !== undefined) throw noPartition(context, name, missing, there);
        return {context, description, partitions: meant.length === 0 ? null : meant};
      }),
    );
    return {rows, warnings: warnings.map(warning => ({...warning, context: context.name})), failures: []};
  });
  const said = sayUnmatched(unmatched, {one: oneTerm(contexts, 'destination'), list: 'depth'});
  const failures = [...found.failures, ...said.failures];
  const [only] = failures;
  if (only && failures.length === 1 && found.rows.length === 0) throw only;
  return {sources: found.rows, warnings: [...found.warnings, ...said.warnings], failures};
}
