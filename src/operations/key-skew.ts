import {isUtf8} from 'node:buffer';
import type {HotKey, SkewCause, SkewRow} from '../model/rows/skew.ts';
import type {Context} from './context.ts';
import {judgePlaces, type PlacesVerdict} from './key-places.ts';
import type {KeySample, SampledKey} from './key-sample.ts';
import {partitionTerm, skewRow} from './skew-rows.ts';
import {isBeyondChance, judgeSpread} from './skew-verdict.ts';

/** Keys in a row. */
const shown = 10;

/** Judges the keys of a sample: whether one alone fills more than a fair partition, and whether keys stay where they are. */
export function keySkewRow(context: Context, destination: string, sample: KeySample, asOf: Date): SkewRow {
  const {messages, bias, method} = sample;
  const partitions = [...sample.partitions];
  const spread = judgeSpread(
    partitions.map(([, count]) => count),
    {messages, emptyMatters: true},
  );
  const several = partitions.length > 1;
  const hot = several && bias === null ? sample.keys.filter(key => isHot(key, partitions.length, messages)) : [];
  const verdict = !several ? spread.verdict : bias !== null ? 'unknown' : hot.length > 0 ? 'skewed' : spread.verdict;
  const keyless = sample.keyless * 2 > messages;
  const uneven = verdict === 'skewed' && hot.length === 0 && spread.empty.length === 0;
  const causes: SkewCause[] = hot.map(key => hotCause(context, key, partitions.length, messages));
  if (uneven) causes.push(keyless ? keylessCause(context, sample) : unevenCause(context));
  const places = several ? judgePlaces(sample.keys.map(key => key.places)) : null;
  if (places !== null) causes.push({code: places, message: placesMessages[places]});
  const row = skewRow(context, {
    destination,
    by: 'keys',
    spread: {...spread, verdict, empty: bias === null ? spread.empty : []},
    values: partitions.map(([partition, value]) => ({partition, member: null, value})),
    measured: [{method, exact: bias === null, asOf}],
    causes,
    problem: bias ?? undefined,
  });
  return {
    ...row,
    morePartitionsHelp: hot.length > 0 ? false : uneven && !keyless ? true : null,
    keys: sample.keys.slice(0, shown).map(key => hotKey(key, messages)),
  };
}

/** In one partition it alone is more than a fair share, which no number of partitions changes. */
function isHot({places}: SampledKey, partitions: number, messages: number): boolean {
  return isBeyondChance(fullest(places) / messages, partitions, messages);
}

function fullest(places: SampledKey['places']): number {
  return Math.max(0, ...places.map(({count}) => count));
}

function hotKey({key, count, errorBound, places}: SampledKey, messages: number): HotKey {
  const keyEncoding = isUtf8(key) ? 'utf8' : 'base64';
  const partitions = [...places].sort((a, b) => b.count - a.count).flatMap(({partition}) => partition ?? []);
  return {
    key: Buffer.from(key).toString(keyEncoding),
    keyEncoding,
    count,
    errorBound,
    share: count / messages,
    partitions: partitions.length === 0 ? null : partitions,
  };
}

function hotCause(context: Context, key: SampledKey, partitions: number, messages: number): SkewCause {
  const term = partitionTerm(context);
  const place = [...key.places].sort((a, b) => b.count - a.count)[0]?.partition ?? null;
  const name = hotKey(key, messages).key;
  const short = name.length > 40 ? `${name.slice(0, 40)}…` : name;
  const found = percent(fullest(key.places) / messages);
  const message = `key ${short} in ${term} ${place} is ${found} of the sample, and a fair ${term} has ${percent(1 / partitions)}. More ${term}s cannot split one key`;
  return {code: 'hot-key', message};
}

function unevenCause(context: Context): SkewCause {
  const term = partitionTerm(context);
  const message = `no single key fills a ${term}: several that fall into the same one do, and more ${term}s would part them`;
  return {code: 'uneven-keys', message};
}

function keylessCause(context: Context, {keyless, messages}: KeySample): SkewCause {
  const message = `${percent(keyless / messages)} of the sample has no key: the producers choose the ${partitionTerm(context)}`;
  return {code: 'keyless', message};
}

const placesMessages: Readonly<Record<PlacesVerdict, string>> = {
  'partitions-changed':
    'keys went on in another partition at one moment, as when partitions are added: their order across it is not kept',
  'mixed-partitioners':
    'a key goes to several partitions by turns: producers whose partitioners differ, or that set the partition. Its order is not kept',
  'key-on-several-partitions':
    'a key is on several partitions: partitions were added, or producers have different partitioners',
};

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
