import {requireSupport} from '../brokers/capabilities.ts';
import type {Capabilities, Operation} from '../brokers/capabilities.ts';
import type {Destination, Partition} from '../model/destination.ts';
import {Failure} from '../model/failure.ts';
import {everything, type NameFilter} from '../model/name-filter.ts';
import type {ContextWarning, Report} from '../model/report.ts';
import type {SkewMeasure, SkewRow} from '../model/rows/skew.ts';
import type {Context} from './context.ts';
import {expected, fanOut} from './fan-out.ts';
import {sampleKeys} from './key-sample.ts';
import {keySkewRow} from './key-skew.ts';
import {lagSkewRows} from './lag-skew.ts';
import {memberSkewRow} from './member-skew.ts';
import {oneTerm, placeName} from './naming.ts';
import {pause} from './pause.ts';
import {sayUnmatched, Selection, type Unmatched} from './selection.ts';
import {skewRow} from './skew-rows.ts';
import {judgeSpread} from './skew-verdict.ts';
import {findSources} from './sources.ts';
import {grouped, sum} from './sums.ts';

export interface SkewIntent {
  /** Names, globs and /regexes/; none means all. */
  readonly destinations: readonly string[];
  readonly by: SkewMeasure;
  readonly internal: boolean;
  /** Milliseconds between the two looks of `rate`. */
  readonly overMs: number;
  /** Most messages read of a destination for `keys`. */
  readonly sample: number;
}

const needs: Readonly<Record<Exclude<SkewMeasure, 'keys'>, readonly Operation[]>> = {
  messages: ['inspect.depth'],
  bytes: ['inspect.depth', 'inspect.bytes'],
  rate: ['inspect.depth'],
  lag: ['inspect.depth', 'inspect.lag'],
  consumers: ['inspect.lag', 'inspect.members'],
};

/**
 * How evenly messages, bytes, traffic, lag, members or keys are spread over partitions.
 * @throws {Failure} `usage` (a partition was named), `interrupted`; what fails in one context is in the report's failures
 */
export async function skew(
  contexts: readonly Context[],
  intent: SkewIntent,
  signal: AbortSignal,
): Promise<Report<SkewRow>> {
  const {by} = intent;
  if (by === 'keys') return keySkew(contexts, intent, signal);
  const selection = new Selection(intent.destinations);
  const unmatched = new Map<string, readonly Unmatched[]>();
  const report = await fanOut(contexts, async context => {
    const emulated = caveats(context.broker.capabilities, needs[by], context.name);
    const before = by === 'rate' ? await look(context, selection, intent, signal) : null;
    if (before !== null) await pause(intent.overMs, signal);
    const now = await look(context, selection, intent, signal);
    unmatched.set(context.name, selection.unmatched(now.found));
    const answer =
      by === 'lag' || by === 'consumers'
        ? await read(context, now.chosen, {...intent, by}, signal)
        : {rows: now.chosen.map(one => spreadRow(context, one, by, before?.chosen ?? [])), warnings: []};
    return {rows: answer.rows, warnings: [...emulated, ...now.warnings, ...answer.warnings], failures: []};
  });
  const said = sayUnmatched(unmatched, {one: oneTerm(contexts, 'destination'), list: 'depth'});
  return {
    rows: report.rows,
    warnings: [...report.warnings, ...said.warnings],
    failures: [...report.failures, ...said.failures],
  };
}

function caveats(capabilities: Capabilities, operations: readonly Operation[], on: string): ContextWarning[] {
  return operations
    .flatMap(operation => requireSupport(capabilities, operation, on) ?? [])
    .map(message => ({code: 'emulated', context: on, message}));
}

interface Look {
  /** All names the broker gave, of which `chosen` are meant. */
  readonly found: readonly string[];
  readonly chosen: readonly Destination[];
  readonly warnings: readonly ContextWarning[];
}

async function look(
  context: Context,
  selection: Selection,
  {internal}: SkewIntent,
  signal: AbortSignal,
): Promise<Look> {
  const {items, warnings} = await context.broker.inspector.destinations({names: selection.names, internal}, signal);
  const found = items.map(({name}) => name);
  const picked = selection.pick(found);
  for (const [name, partitions] of picked) {
    if (partitions === null) continue;
    throw new Failure('usage', `Skew compares all parts of ${name}, and one was named`, {
      hints: [`Write its name alone: brokerctl skew ${name}`],
    });
  }
  const chosen = items.filter(({name}) => picked.has(name));
  const doubts = (code: string, text: (partition: Partition) => string | undefined) =>
    grouped(
      code,
      context.name,
      chosen.flatMap(({name, partitions}) =>
        partitions.map(one => ({about: code === 'unread' ? placeName(name, one.id) : name, text: text(one)})),
      ),
    );
  return {
    found,
    chosen,
    warnings: [
      ...warnings.map(warning => ({...warning, context: context.name})),
      ...doubts('unread', ({problem}) => problem),
      ...doubts('inexact', ({depth}) => depth.caveat),
    ],
  };
}

function spreadRow(
  context: Context,
  {name, partitions}: Destination,
  by: 'messages' | 'bytes' | 'rate',
  before: readonly Destination[],
): SkewRow {
  const earlier = new Map(before.find(one => one.name === name)?.partitions.map(one => [one.id, one]));
  const added = partitions.map(partition => growth(earlier.get(partition.id), partition));
  const held = partitions.map(({depth}) => depth.messages);
  const values =
    by === 'rate' ? added.map(one => one?.perSecond ?? null) : by === 'bytes' ? partitions.map(bytesOf) : held;
  const messages = sum(by === 'rate' ? added.map(one => one?.messages ?? null) : held);
  const spread = judgeSpread(values, {messages, emptyMatters: true});
  const large = by === 'bytes' && spread.verdict === 'skewed' && spread.empty.length === 0;
  const evenlyHeld = large && judgeSpread(held, {messages, emptyMatters: true}).verdict === 'ok';
  const message = 'as many messages as the others, and larger ones';
  return skewRow(context, {
    destination: name,
    by,
    spread,
    values: partitions.map(({id}, index) => ({partition: id, member: null, value: values[index] ?? null})),
    measured: partitions.map(({depth}) => depth),
    causes: evenlyHeld ? [{code: 'large-messages', message}] : [],
    problem: partitions.find(({problem}) => problem !== undefined)?.problem,
  });
}

function bytesOf({depth}: Partition): number | null {
  return depth.bytes;
}

/**
 * Messages that came between two looks: by the newest message's number where messages are numbered, which retention does
 * not disturb, else by how many more are held. `null` where the figures are of one moment or fewer are held.
 */
function growth(before: Partition | undefined, now: Partition): {messages: number; perSecond: number} | null {
  if (before === undefined) return null;
  const seconds = (now.depth.asOf.getTime() - before.depth.asOf.getTime()) / 1000;
  if (seconds <= 0 || before.depth.messages === null || now.depth.messages === null) return null;
  const numbered = isNumber(before.last) && isNumber(now.last);
  const messages = numbered
    ? Number(BigInt(now.last) - BigInt(before.last))
    : now.depth.messages - before.depth.messages;
  return messages < 0 ? null : {messages, perSecond: messages / seconds};
}

function isNumber(position: string | null): position is string {
  return position !== null && /^\d+$/.test(position);
}

/** Rows of subscriptions, for whose members all that they read counts. */
async function read(
  context: Context,
  chosen: readonly Destination[],
  {by, destinations, internal}: SkewIntent & {readonly by: 'lag' | 'consumers'},
  signal: AbortSignal,
): Promise<{rows: SkewRow[]; warnings: ContextWarning[]}> {
  const names = chosen.map(({name}) => name);
  const meant: NameFilter =
    destinations.length === 0 ? everything : {matches: name => names.includes(name), exact: names};
  const filter = {names: everything, destinations: by === 'lag' ? meant : everything, internal};
  const {items, warnings} = await context.broker.inspector.subscriptions(filter, signal);
  const readers = items.filter(({progress}) => progress.some(({destination}) => meant.matches(destination)));
  return {
    rows:
      by === 'lag'
        ? readers.flatMap(one => lagSkewRows(context, one, chosen))
        : readers.map(one => memberSkewRow(context, one)),
    warnings: [
      ...warnings.map(warning => ({...warning, context: context.name})),
      ...grouped(
        'unread',
        context.name,
        items.map(({name, problem}) => ({about: name, text: problem})),
      ),
      ...grouped(
        'unread',
        context.name,
        readers.flatMap(({name, progress}) =>
          progress.map(line => ({
            about: `${name} in ${placeName(line.destination, line.partition)}`,
            text: line.problem,
          })),
        ),
      ),
    ],
  };
}

async function keySkew(
  contexts: readonly Context[],
  {destinations, internal, sample: most}: SkewIntent,
  signal: AbortSignal,
): Promise<Report<SkewRow>> {
  const found = await findSources(contexts, {words: destinations, partitions: [], internal}, signal);
  const rows: SkewRow[] = [];
  const warnings = [...found.warnings];
  const failures = [...found.failures];
  // One after another: each holds a batch of messages.
  for (const source of found.sources) {
    const {context, description} = source;
    const {name} = description.destination;
    try {
      if (source.partitions !== null) {
        throw new Failure('usage', `Skew compares all parts of ${name}, and one was named`, {
          hints: [`Write its name alone: brokerctl skew ${name} --by keys`],
        });
      }
      const said = caveats(description.capabilities, ['read.range'], name);
      warnings.push(...said.map(warning => ({...warning, context: context.name})));
      const asOf = new Date();
      const sample = await sampleKeys(source, most, signal);
      failures.push(...sample.failures);
      rows.push(keySkewRow(context, name, sample, asOf));
    } catch (error) {
      failures.push(expected(error).inContext(context.name));
    }
  }
  return {rows, warnings, failures};
}
