import {requireSupport} from '../brokers/capabilities.ts';
import type {Listing} from '../brokers/port.ts';
import type {Age, Unread} from '../model/age.ts';
import type {ContextWarning, Report} from '../model/report.ts';
import type {LagRow} from '../model/rows/lag.ts';
import {nameFilter} from '../model/name-filter.ts';
import type {Progress, Subscription} from '../model/subscription.ts';
import type {Context} from './context.ts';
import {fanOut} from './fan-out.ts';
import {type LagGrouping, lagRows, type Line} from './lag-rows.ts';
import {judge, type Look} from './lag-verdict.ts';
import {oneTerm, placeName} from './naming.ts';
import {pause} from './pause.ts';
import {sayUnmatched, Selection, type Unmatched} from './selection.ts';
import {grouped} from './sums.ts';

export interface LagIntent {
  /** Names, globs and /regexes/ of subscriptions; none means all. */
  readonly subscriptions: readonly string[];
  /** Only progress in these destinations, `NAME:PARTITION` too; none means all. */
  readonly destinations: readonly string[];
  readonly by: LagGrouping;
  readonly internal: boolean;
  /** Also ask how old the first unread message is. */
  readonly age: boolean;
  /** Look twice, so many milliseconds apart, for rates and the state; `null` looks once. */
  readonly overMs: number | null;
}

/** One look at everything that was asked for. */
interface Sample {
  readonly listing: Listing<Subscription>;
  readonly lines: readonly {readonly subscription: Subscription; readonly progress: Progress; readonly look: Look}[];
  readonly warnings: readonly ContextWarning[];
}

/**
 * How far subscriptions are behind. With `overMs` it takes that long, all contexts at once.
 * @throws {Failure} `interrupted`; what fails in one context is in the report's failures
 */
export async function lag(
  contexts: readonly Context[],
  intent: LagIntent,
  signal: AbortSignal,
): Promise<Report<LagRow>> {
  const subscriptions = new Map<string, readonly Unmatched[]>();
  const destinations = new Map<string, readonly Unmatched[]>();
  const words = new Selection(intent.subscriptions);
  const wanted = new Selection(intent.destinations);
  const report = await fanOut(contexts, async context => {
    const {capabilities} = context.broker;
    const caveats = [requireSupport(capabilities, 'inspect.lag', context.name)];
    if (intent.age) caveats.push(requireSupport(capabilities, 'inspect.age', context.name));
    const before = intent.overMs === null ? null : await look(context, intent, wanted, signal);
    if (intent.overMs !== null) await pause(intent.overMs, signal);
    const now = await look(context, intent, wanted, signal);
    const found = now.listing.items.map(({name}) => name);
    subscriptions.set(context.name, words.unmatched(found));
    if (found.length > 0) {
      const progress = now.listing.items.flatMap(item => item.progress.map(({destination}) => destination));
      destinations.set(context.name, wanted.unmatched(progress));
    }
    const retention = before === null ? new Map<string, number>() : await retentionOf(context, now, signal);
    const earlier = new Map(before?.lines.map(line => [keyOf(line.subscription, line.progress), line.look]));
    const lines = now.lines.map(({subscription, progress, look}): Line => {
      const {members} = subscription;
      const evidence = {now: look, before: earlier.get(keyOf(subscription, progress)) ?? null, members};
      const retentionMs = retention.get(progress.destination) ?? null;
      return {subscription, progress, ageSeconds: look.ageSeconds, verdict: judge({...evidence, retentionMs})};
    });
    return {
      rows: lagRows(context, now.listing.items, lines, intent.by),
      warnings: [
        ...caveats
          .filter(caveat => caveat !== null)
          .map(message => ({code: 'emulated', context: context.name, message})),
        ...now.warnings,
      ],
      failures: [],
    };
  });
  const scope = intent.destinations.length === 0 ? '' : ` with progress in ${intent.destinations.join(', ')}`;
  const said = [
    sayUnmatched(subscriptions, {one: oneTerm(contexts, 'subscription'), list: 'lag', scope}),
    sayUnmatched(destinations, {one: oneTerm(contexts, 'destination'), list: 'depth'}),
  ];
  return {
    rows: report.rows,
    warnings: [...report.warnings, ...said.flatMap(({warnings}) => warnings)],
    failures: [...report.failures, ...said.flatMap(({failures}) => failures)],
  };
}

/** Every look-up is by subscription, destination and partition: a name alone is not unique. */
function keyOf(subscription: Subscription, {destination, partition}: Progress): string {
  return JSON.stringify([subscription.name, subscription.kind, destination, partition]);
}

async function look(context: Context, intent: LagIntent, wanted: Selection, signal: AbortSignal): Promise<Sample> {
  const filter = {names: nameFilter(intent.subscriptions), destinations: wanted.names, internal: intent.internal};
  const listing = await context.broker.inspector.subscriptions(filter, signal);
  const picked = wanted.pick([
    ...new Set(listing.items.flatMap(item => item.progress.map(({destination}) => destination))),
  ]);
  const lines = listing.items.flatMap(subscription =>
    subscription.progress
      .filter(({destination, partition}) => {
        const partitions = picked.get(destination);
        return partitions === null || (partition !== null && partitions?.has(partition));
      })
      .map(progress => ({subscription, progress})),
  );
  const ages = intent.age ? await agesOf(context, lines, signal) : null;
  const of = context.name;
  return {
    listing,
    lines: lines.map((line, index) => ({
      ...line,
      look: {...line.progress, ageSeconds: ages?.items[index]?.seconds ?? null},
    })),
    warnings: [
      ...[...listing.warnings, ...(ages?.warnings ?? [])].map(warning => ({...warning, context: of})),
      ...grouped(
        'unread',
        of,
        listing.items.map(({name, problem}) => ({about: name, text: problem})),
      ),
      ...grouped(
        'unread',
        of,
        lines.map(({subscription, progress}) => ({
          about: `${subscription.name} in ${placeName(progress.destination, progress.partition)}`,
          text: progress.problem,
        })),
      ),
      ...grouped(
        'inexact',
        of,
        lines.map(({subscription, progress}) => ({about: subscription.name, text: progress.caveat})),
      ),
      ...grouped(
        'ageUnknown',
        of,
        lines.map(({subscription, progress}, index) => ({
          about: `${subscription.name} in ${placeName(progress.destination, progress.partition)}`,
          text: ages?.items[index]?.problem,
        })),
      ),
    ],
  };
}

/** Ages of first unread messages, one a line. A line that could not be measured has no place to ask about. */
async function agesOf(
  context: Context,
  lines: readonly {readonly subscription: Subscription; readonly progress: Progress}[],
  signal: AbortSignal,
): Promise<{items: readonly (Age | null)[]; warnings: Listing<Age>['warnings']}> {
  const askable = lines.filter(({progress}) => progress.problem === undefined);
  const of = askable.map(({subscription, progress}): Unread => ({
    destination: progress.destination,
    partition: progress.partition,
    subscription: subscription.name,
    position: progress.position,
  }));
  const {items, warnings} = await context.broker.inspector.ages(of, signal);
  const ageOf = new Map(askable.map((line, index) => [line, items[index] ?? null]));
  return {items: lines.map(line => ageOf.get(line) ?? null), warnings};
}

/** How long each destination keeps messages, in milliseconds, where it has such a limit. */
async function retentionOf(context: Context, sample: Sample, signal: AbortSignal): Promise<Map<string, number>> {
  const names = [...new Set(sample.lines.map(({progress}) => progress.destination))];
  const listing = await context.broker.inspector.destinations(
    {names: {matches: name => names.includes(name), exact: names}, internal: true},
    signal,
  );
  return new Map(
    listing.items.flatMap(({name, retention}) => (retention.ageMs == null ? [] : [[name, retention.ageMs] as const])),
  );
}
