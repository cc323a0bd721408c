import type {ContextWarning, Report} from '../model/report.ts';
import type {DescriptionRow} from '../model/rows/description.ts';
import {everything} from '../model/name-filter.ts';
import {supportRows} from './capabilities.ts';
import type {Context} from './context.ts';
import {fanOut} from './fan-out.ts';
import {findSources, type Source} from './sources.ts';
import {grouped, sum} from './sums.ts';

/**
 * Destinations in full: what they hold, who reads them, where their dead letters go, what can be done with them.
 * @throws {Failure} `notFound`
 */
export async function describe(
  contexts: readonly Context[],
  {destinations, internal}: {readonly destinations: readonly string[]; readonly internal: boolean},
  signal: AbortSignal,
): Promise<Report<DescriptionRow>> {
  const found = await findSources(contexts, {words: destinations, partitions: [], internal}, signal);
  const report = await fanOut(contexts, async context => {
    const own = found.sources.filter(source => source.context === context);
    return own.length === 0 ? {rows: [], warnings: [], failures: []} : describeEach(context, own, signal);
  });
  return {
    rows: report.rows,
    warnings: [...found.warnings, ...report.warnings],
    failures: [...found.failures, ...report.failures],
  };
}

async function describeEach(
  context: Context,
  sources: readonly Source[],
  signal: AbortSignal,
): Promise<Report<DescriptionRow>> {
  const {inspector, capabilities, driver} = context.broker;
  const names = new Set(sources.map(({description}) => description.destination.name));
  const reading = {
    names: everything,
    destinations: {matches: names.has.bind(names), exact: [...names]},
    internal: true,
  };
  const nothing = {items: [], warnings: []};
  // Who reads it and where its dead letters go is told where the broker tells it; the description stands without.
  const [subscriptions, routes] = await Promise.all([
    capabilities['inspect.lag'].level === 'none' ? nothing : inspector.subscriptions(reading, signal),
    capabilities['inspect.deadLetters'].level === 'none' ? nothing : inspector.deadLetters(signal),
  ]);
  const rows = sources.map(({description}): DescriptionRow => {
    const {name, kind, internal, retention, partitions} = description.destination;
    return {
      context: context.name,
      system: driver.system,
      destination: name,
      kind,
      internal,
      retention,
      partitions,
      subscriptions: subscriptions.items.flatMap(item => {
        const progress = item.progress.filter(({destination}) => destination === name);
        const lag = sum(progress.map(line => line.lag));
        return progress.length === 0 ? [] : [{name: item.name, kind: item.kind, lag, members: item.members}];
      }),
      deadLetters: routes.items.filter(({source, destination}) => source === name || destination === name),
      capabilities: supportRows(description.capabilities),
      facts: description.facts,
      record: description.record,
    };
  });
  const warnings: ContextWarning[] = [...subscriptions.warnings, ...routes.warnings].map(warning => ({
    ...warning,
    context: context.name,
  }));
  const unread = rows.flatMap(({destination, partitions}) =>
    partitions.map(({id, problem}) => ({about: `${destination}:${id ?? ''}`, text: problem})),
  );
  return {rows, warnings: [...warnings, ...grouped('unread', context.name, unread)], failures: []};
}
