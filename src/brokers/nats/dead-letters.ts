import type {DeadLetterRoute} from '../../model/dead-letter.ts';
import {everything, isPattern, nameFilter} from '../../model/name-filter.ts';
import type {Listing} from '../port.ts';
import type {JetStreamApi} from './api.ts';
import {listStreams} from './streams.ts';

/** The server tells here that a message was delivered max_deliver times, or that a consumer gave it up. */
const advisory = /^\$JS\.EVENT\.ADVISORY\.CONSUMER\.(MAX_DELIVERIES|MSG_TERMINATED)\.([^.]+)\.([^.]+)$/;
const allConsumers = /^\$JS\.EVENT\.ADVISORY\.CONSUMER\.(?:MAX_DELIVERIES|MSG_TERMINATED)\.>$/;
const name = /^(.+?)[-_](?:DLQ|DLT|dlq|dlt|dead[-_]?letters?|DEAD[-_]?LETTERS?)$/;

/** JetStream routes nothing by itself: what the context states, streams that keep advisories, and streams by their names. */
export async function deadLetters(api: JetStreamApi, signal: AbortSignal): Promise<Listing<DeadLetterRoute>> {
  const streams = await listStreams(api, everything, signal);
  const names = streams.map(stream => stream.name);
  const stated = api.target.deadLetters.flatMap(({source, destination}) => {
    const filter = nameFilter([destination]);
    const from = source === null || isPattern(source) ? null : source;
    return names
      .filter(one => filter.matches(one))
      .map(one => ({source: from, subscription: null, destination: one, foundBy: 'context'}));
  });
  const kept = streams.flatMap(({name: destination, record}) =>
    (record?.config.subjects ?? []).flatMap(subject => advised(subject, destination)),
  );
  const named = names.flatMap(destination => {
    const source = name.exec(destination)?.[1];
    if (source === undefined) return [];
    return [{source: names.includes(source) ? source : null, subscription: null, destination, foundBy: 'name'}];
  });
  const items = [...stated, ...kept, ...named];
  return {items: items.sort((one, other) => (one.destination < other.destination ? -1 : 1)), warnings: []};
}

function advised(subject: string, destination: string): DeadLetterRoute[] {
  const foundBy = `advisories ${subject}`;
  if (allConsumers.test(subject)) return [{source: null, subscription: null, destination, foundBy}];
  const [, , stream, consumer] = advisory.exec(subject) ?? [];
  if (stream === undefined || consumer === undefined) return [];
  const plain = (word: string): string | null => (word === '*' || word === '>' ? null : word);
  return [{source: plain(stream), subscription: plain(consumer), destination, foundBy}];
}
