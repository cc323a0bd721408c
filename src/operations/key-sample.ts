import type {ReadRange} from '../brokers/port.ts';
import type {Failure} from '../model/failure.ts';
import type {Message} from '../model/message.ts';
import type {Position} from '../model/position.ts';
import type {KeyPlace} from './key-places.ts';
import {problems} from './peek.ts';
import type {Source} from './sources.ts';
import {SpaceSaving} from './space-saving.ts';
import {sum} from './sums.ts';

export interface SampledKey {
  readonly key: Uint8Array;
  readonly count: number;
  readonly errorBound: number;
  /** Since it was last counted anew: never more than the truth. */
  readonly places: readonly KeyPlace[];
}

export interface KeySample {
  readonly messages: number;
  readonly keyless: number;
  /** Messages of the sample in each partition. */
  readonly partitions: ReadonlyMap<string | null, number>;
  /** The greatest first. */
  readonly keys: readonly SampledKey[];
  /** What the sample is of, such as `newest 10000 messages`. */
  readonly method: string;
  /** Why shares of the sample are not shares of the traffic; `null` when they are. */
  readonly bias: string | null;
  readonly failures: readonly Failure[];
}

/** Keys counted at once: a key of more than a thousandth of the sample is among them. */
const counters = 1000;
const mostBytes = 64 * 2 ** 20;
const batchBytes = 8 * 2 ** 20;
/** Of what does not tell how much it holds, this last stretch is read. */
const windowMs = 5 * 60_000;

interface Plan {
  readonly range: ReadRange;
  readonly method: string;
  /** Reading ends after so many, wherever it is; `null` when the range itself is short enough. */
  readonly cutAfter: number | null;
  readonly bias: string | null;
}

/**
 * Counts the keys of the newest messages, of each partition in proportion to what it holds, so that shares of the sample
 * are shares of what is held. It holds a batch and a thousand keys at a time.
 * @param most messages to read, fewer where they are large (64 MiB)
 */
export async function sampleKeys(source: Source, most: number, signal: AbortSignal): Promise<KeySample> {
  const {context, description} = source;
  const {reader} = context.broker;
  if (!reader) throw new TypeError(`${context.broker.driver.system} says that it reads and has no reader`);
  const {range, method, cutAfter, bias} = planOf(source, most);
  const tally = new Tally();
  const failures: Failure[] = [];
  let cut: string | null = null;
  if (range.partitions?.length !== 0) {
    const limits = {batchMessages: 500, batchBytes, messages: cutAfter};
    for await (const batch of reader.read(range, limits, signal)) {
      failures.push(...problems(context, batch));
      for (const message of batch.messages) tally.add(message, batch.partition);
      if (tally.bytes > mostBytes) cut = `reading ended at ${mostBytes / 2 ** 20} MiB: ask for fewer with --sample`;
      if (cutAfter !== null && tally.messages >= cutAfter) cut = `there was more than --sample takes`;
      if (cut !== null) break;
    }
  }
  const unread = failures.length > 0 ? 'a part could not be read' : null;
  return {
    messages: tally.messages,
    keyless: tally.keyless,
    partitions: new Map(description.destination.partitions.map(({id}) => [id, tally.partitions.get(id) ?? 0])),
    keys: tally.keys(),
    method,
    bias: unread ?? cut ?? bias,
    failures,
  };
}

function planOf({description}: Source, most: number): Plan {
  const {destination, capabilities} = description;
  const parts = destination.partitions;
  const held = sum(parts.map(({depth}) => depth.messages));
  const bytes = sum(parts.map(({depth}) => depth.bytes));
  const all: ReadRange = {destination: destination.name, from: {at: 'earliest'}, until: {at: 'latest'}, follow: false};
  if (held !== null) {
    const fitting = bytes === null || bytes === 0 ? most : Math.floor((mostBytes * held) / bytes / 2);
    const wanted = Math.max(1, Math.min(most, fitting, held));
    const starts = parts.flatMap(({id, depth}): [string | null, Position][] =>
      depth.messages ? [[id, newest(Math.ceil((wanted * depth.messages) / held))]] : [],
    );
    const filled = starts.flatMap(([id]) => id ?? []);
    const named = filled.length < starts.length ? {} : {partitions: filled};
    const range = {...all, ...named, fromEach: new Map(starts)};
    return {range, method: `newest ${Math.min(wanted, held)} of ${held} messages`, cutAfter: null, bias: null};
  }
  if (capabilities['read.byTime'].level !== 'none') {
    const range = {...all, from: {at: 'time', time: new Date(Date.now() - windowMs)}} as const;
    return {range, method: `messages of the last ${windowMs / 60_000} minutes`, cutAfter: most, bias: null};
  }
  const each = Math.ceil(most / Math.max(1, parts.length));
  const bias = 'how much each part holds is not known, and as many were read of each';
  return {range: {...all, from: newest(each)}, method: `newest ${each} messages of each`, cutAfter: null, bias};
}

function newest(count: number): Position {
  return {at: 'shift', by: BigInt(-count)};
}

class Tally {
  messages = 0;
  bytes = 0;
  keyless = 0;
  readonly partitions = new Map<string | null, number>();
  readonly #sketch = new SpaceSaving<string>(counters);
  readonly #places = new Map<string, Map<string | null, KeyPlace>>();

  add({key, body, timestamp}: Message, partition: string | null): void {
    this.messages++;
    this.bytes += (key?.length ?? 0) + (body?.length ?? 0);
    this.partitions.set(partition, (this.partitions.get(partition) ?? 0) + 1);
    if (key === null) {
      this.keyless++;
      return;
    }
    const name = Buffer.from(key).toString('latin1');
    const dropped = this.#sketch.add(name);
    if (dropped !== undefined) this.#places.delete(dropped);
    const places = this.#places.get(name) ?? new Map<string | null, KeyPlace>();
    this.#places.set(name, places);
    const place = places.get(partition);
    const at = timestamp?.getTime() ?? null;
    const known = place === undefined ? {firstAt: at, lastAt: at} : place;
    places.set(partition, {
      partition,
      count: (place?.count ?? 0) + 1,
      firstAt: at === null || known.firstAt === null ? null : Math.min(known.firstAt, at),
      lastAt: at === null || known.lastAt === null ? null : Math.max(known.lastAt, at),
    });
  }

  keys(): SampledKey[] {
    return this.#sketch.top(counters).map(({item, count, errorBound}) => ({
      key: Buffer.from(item, 'latin1'),
      count,
      errorBound,
      places: [...(this.#places.get(item)?.values() ?? [])],
    }));
  }
}
