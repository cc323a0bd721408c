import {requireSupport} from '../brokers/capabilities.ts';
import type {Failure} from '../model/failure.ts';
import type {Position} from '../model/position.ts';
import type {ContextWarning, LiveReport} from '../model/report.ts';
import type {MessageRow} from '../model/rows/message.ts';
import type {Context} from './context.ts';
import {expected} from './fan-out.ts';
import {merge} from './merge.ts';
import {type MessageFilter, messageFilter} from './message-filter.ts';
import {messageRow} from './message-row.ts';
import {problems} from './peek.ts';
import {findSources, type Source} from './sources.ts';

export interface TailIntent extends MessageFilter {
  readonly destinations: readonly string[];
  readonly partitions: readonly string[];
  readonly from: Position;
  /** Stop after so many; `null` goes on until the signal fires. */
  readonly limit: number | null;
  readonly internal: boolean;
}

/**
 * Shows messages as they arrive, of several destinations and contexts as they come.
 * @throws {Failure} `notFound`, `unsupported`, `usage`, before any message is read
 */
export async function tail(
  contexts: readonly Context[],
  intent: TailIntent,
  signal: AbortSignal,
): Promise<LiveReport<MessageRow>> {
  const matches = messageFilter(intent);
  const found = await findSources(contexts, {...intent, words: intent.destinations}, signal);
  const warnings: ContextWarning[] = [...found.warnings];
  const failures: Failure[] = [...found.failures];
  for (const {context, description} of found.sources) {
    const {name} = description.destination;
    for (const operation of ['read.follow', 'read.range'] as const) {
      const message = requireSupport(description.capabilities, operation, name);
      if (message !== null) warnings.push({code: 'emulated', context: context.name, message: `${name}: ${message}`});
    }
    if (intent.from.at === 'time') requireSupport(description.capabilities, 'read.byTime', name);
  }
  const rows = async function* (): AsyncGenerator<readonly MessageRow[]> {
    // Ends the reads that still wait when enough has been shown.
    const enough = new AbortController();
    const until = AbortSignal.any([signal, enough.signal]);
    let shown = 0;
    const alone = found.sources.length === 1;
    try {
      for await (const {context, messages} of merge(
        found.sources.map(source => follow(source, intent, {failures, alone}, until)),
      )) {
        const meant = matches ? messages.filter(matches) : messages;
        const rows = meant.slice(0, (intent.limit ?? Number.POSITIVE_INFINITY) - shown);
        shown += rows.length;
        if (rows.length > 0) yield rows.map(message => messageRow(context, message));
        if (shown === intent.limit) return;
      }
    } finally {
      enough.abort();
    }
  };
  return {rows: rows(), warnings, failures};
}

async function* follow(
  {context, description: {destination}, partitions}: Source,
  {from}: TailIntent,
  {failures, alone}: {readonly failures: Failure[]; readonly alone: boolean},
  signal: AbortSignal,
) {
  const {reader} = context.broker;
  if (!reader) throw new TypeError(`${context.broker.driver.system} says that it follows and has no reader`);
  const range = {destination: destination.name, from, until: {at: 'latest'} as const, follow: true};
  const limits = {batchMessages: 500, batchBytes: 8 * 2 ** 20, messages: null};
  try {
    for await (const batch of reader.read({...range, ...(partitions && {partitions})}, limits, signal)) {
      failures.push(...problems(context, batch));
      yield {context, messages: batch.messages};
    }
  } catch (error) {
    const failure = expected(error).inContext(context.name);
    if (alone) throw failure;
    failures.push(failure);
  }
}
