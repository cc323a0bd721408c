import {requireSupport} from '../brokers/capabilities.ts';
import type {Age} from '../model/age.ts';
import type {Destination, Partition} from '../model/destination.ts';
import type {Failure} from '../model/failure.ts';
import type {ContextWarning, Report} from '../model/report.ts';
import type {DepthRow} from '../model/rows/depth.ts';
import type {Context} from './context.ts';
import {fanOut} from './fan-out.ts';
import {noPartition, oneTerm, placeName} from './naming.ts';
import {type Partitions, sayUnmatched, Selection, type Unmatched} from './selection.ts';
import {greatest, grouped, measuredTogether, sum} from './sums.ts';

export interface DepthIntent {
  /** Names, globs, /regexes/ and `NAME:PARTITION`; none means all. */
  readonly destinations: readonly string[];
  readonly by: 'destination' | 'partition';
  readonly internal: boolean;
  /** Also ask how old the oldest message is. */
  readonly age: boolean;
}

/** One partition that was asked for, with its age when that was asked too. */
interface Part {
  readonly destination: Destination;
  readonly partition: Partition;
  readonly age: Age | null;
}

/**
 * How many messages destinations hold.
 * @throws {Failure} only what ends it for every context; a context that fails is in the report's failures
 */
export async function depth(
  contexts: readonly Context[],
  intent: DepthIntent,
  signal: AbortSignal,
): Promise<Report<DepthRow>> {
  const selection = new Selection(intent.destinations);
  const unmatched = new Map<string, readonly Unmatched[]>();
  const report = await fanOut(contexts, async context => {
    const {inspector, capabilities} = context.broker;
    const caveats = [requireSupport(capabilities, 'inspect.depth', context.name)];
    if (intent.age) caveats.push(requireSupport(capabilities, 'inspect.age', context.name));
    const listing = await inspector.destinations({names: selection.names, internal: intent.internal}, signal);
    const found = listing.items.map(({name}) => name);
    unmatched.set(context.name, selection.unmatched(found));
    const picked = selection.pick(found);
    const chosen = listing.items.filter(({name}) => picked.has(name));
    const parts = chosen.flatMap(destination => {
      const only = picked.get(destination.name);
      return destination.partitions
        .filter(({id}) => !only || (id !== null && only.has(id)))
        .map(partition => ({destination, partition, age: null}));
    });
    const aged = intent.age ? await withAges(context, parts, signal) : {parts, warnings: []};
    return {
      rows: chosen.flatMap(destination => {
        const own = aged.parts.filter(part => part.destination === destination);
        const whole = intent.by === 'destination' && !picked.get(destination.name);
        return whole ? [rowOf(context, own, destination)] : own.map(part => rowOf(context, [part], destination));
      }),
      warnings: [
        ...caveats
          .filter(caveat => caveat !== null)
          .map(message => ({code: 'emulated', context: context.name, message})),
        ...listing.warnings.map(warning => ({...warning, context: context.name})),
        ...aged.warnings,
        ...doubts(context.name, aged.parts),
      ],
      failures: missingPartitions(context, chosen, picked),
    };
  });
  const said = sayUnmatched(unmatched, {one: oneTerm(contexts, 'destination'), list: 'depth'});
  return {
    rows: report.rows,
    warnings: [...report.warnings, ...said.warnings],
    failures: [...report.failures, ...said.failures],
  };
}

function rowOf(context: Context, parts: readonly Part[], destination: Destination): DepthRow {
  const depths = parts.map(({partition}) => partition.depth);
  const [only] = parts.length === 1 ? parts : [];
  const problems = parts.flatMap(({partition}) => partition.problem ?? []);
  return {
    context: context.name,
    system: context.broker.driver.system,
    destination: destination.name,
    kind: destination.kind,
    partition: only?.partition.id ?? null,
    partitions: parts.length,
    messages: sum(depths.map(({messages}) => messages)),
    ready: sum(depths.map(({ready}) => ready)),
    inFlight: sum(depths.map(({inFlight}) => inFlight)),
    scheduled: sum(depths.map(({scheduled}) => scheduled)),
    bytes: sum(depths.map(({bytes}) => bytes)),
    oldestAgeSeconds: greatest(parts.map(({age}) => age?.seconds ?? null)),
    firstPosition: only?.partition.first ?? null,
    lastPosition: only?.partition.last ?? null,
    leader: only?.partition.leader ?? null,
    ...measuredTogether(depths, new Date()),
    problem: problems[0] ?? null,
  };
}

/** Ages of the oldest messages; an empty partition has none. */
async function withAges(
  context: Context,
  parts: readonly Part[],
  signal: AbortSignal,
): Promise<{parts: Part[]; warnings: ContextWarning[]}> {
  const readable = parts.filter(({partition}) => partition.problem === undefined);
  const ages = await context.broker.inspector.ages(
    readable.map(({destination, partition}) => ({
      destination: destination.name,
      partition: partition.id,
      subscription: null,
      position: partition.first,
    })),
    signal,
  );
  const ageOf = new Map(readable.map((part, index) => [part, ages.items[index] ?? null]));
  return {
    parts: parts.map(part => ({...part, age: ageOf.get(part) ?? null})),
    warnings: [
      ...ages.warnings.map(warning => ({...warning, context: context.name})),
      ...grouped(
        'ageUnknown',
        context.name,
        ages.items.map(({of, problem}) => ({about: placeName(of.destination, of.partition), text: problem})),
      ),
    ],
  };
}

/** What could not be read, and what is not exact, in as few lines as say it. */
function doubts(context: string, parts: readonly Part[]): ContextWarning[] {
  const named = parts.map(part => ({...part, about: placeName(part.destination.name, part.partition.id)}));
  return [
    ...grouped(
      'unread',
      context,
      named.map(({about, partition}) => ({about, text: partition.problem})),
    ),
    ...grouped(
      'inexact',
      context,
      parts.map(({destination, partition}) => ({about: destination.name, text: partition.depth.caveat})),
    ),
  ];
}

function missingPartitions(
  context: Context,
  chosen: readonly Destination[],
  picked: ReadonlyMap<string, Partitions>,
): Failure[] {
  return chosen.flatMap(({name, partitions}) =>
    [...(picked.get(name) ?? [])]
      .filter(wanted => !partitions.some(({id}) => id === wanted))
      .map(wanted =>
        noPartition(
          context,
          name,
          wanted,
          partitions.flatMap(({id}) => id ?? []),
        ),
      ),
  );
}
