import {Failure} from '../../model/failure.ts';
import type {Warning} from '../../model/failure.ts';
import {stopIfAborted} from '../errors.ts';
import {isNotFound} from './api.ts';
import type {JetStreamApi} from './api.ts';
import type {ConsumerRecord} from './records.ts';

/** Streams whose consumers are asked for at the same time. */
const inFlight = 64;

/** A consumer's record, or `null` when its leader did not answer. */
export interface FoundConsumer {
  readonly stream: string;
  readonly name: string;
  readonly record: ConsumerRecord | null;
}

/** All consumers of the streams. Each answer comes from the consumer's own leader: other servers know them wrong. */
export async function listConsumers(
  api: JetStreamApi,
  streams: readonly string[],
  signal: AbortSignal,
): Promise<{readonly items: readonly FoundConsumer[]; readonly warnings: readonly Warning[]}> {
  const found: FoundConsumer[] = [];
  const warnings: Warning[] = [];
  const left = [...streams];
  const work = async (): Promise<void> => {
    for (let stream = left.shift(); stream !== undefined; stream = left.shift()) {
      try {
        found.push(...(await consumersOf(api, stream, signal)));
      } catch (error) {
        stopIfAborted(signal);
        // It was deleted since the streams were listed.
        if (isNotFound(error)) continue;
        if (!(error instanceof Failure)) throw error;
        const message = `The consumers of stream "${stream}" are not known: ${error.broker ?? error.message}`;
        warnings.push({code: 'consumersUnknown', message});
      }
    }
  };
  await Promise.all(Array.from({length: Math.min(inFlight, streams.length)}, work));
  return {items: found, warnings};
}

async function consumersOf(api: JetStreamApi, stream: string, signal: AbortSignal): Promise<readonly FoundConsumer[]> {
  const doing = `list the consumers of "${stream}"`;
  try {
    const pages = await api.pages<ConsumerPage>(`CONSUMER.LIST.${stream}`, doing, signal);
    const records = pages.flatMap(({consumers}) => consumers ?? []);
    const missing = new Set(pages.flatMap(page => page.missing ?? []));
    return [
      ...records.map(record => ({stream, name: record.name, record})),
      ...[...missing].map(name => ({stream, name, record: null})),
    ];
  } catch (error) {
    stopIfAborted(signal);
    if (!(error instanceof Failure) || error.kind !== 'tryAgain') throw error;
    // The names are kept by the cluster's own leader, which answers when the stream's does not.
    const pages = await api.pages<NamePage>(`CONSUMER.NAMES.${stream}`, doing, signal);
    return pages.flatMap(({consumers}) => consumers ?? []).map(name => ({stream, name, record: null}));
  }
}

interface ConsumerPage {
  readonly total?: number;
  readonly limit?: number;
  readonly consumers?: readonly ConsumerRecord[] | null;
  readonly missing?: readonly string[] | null;
}

interface NamePage {
  readonly total?: number;
  readonly limit?: number;
  readonly consumers?: readonly string[] | null;
}
