import type {AmqpLink} from './amqp.ts';
import {StreamConsumer} from './stream-consumer.ts';
import type {OffsetSpec} from './stream-consumer.ts';

/** Where a stream begins and ends; both are the same when it holds nothing. */
export interface StreamEnds {
  readonly first: bigint;
  /** After the newest message. */
  readonly end: bigint;
  /** The largest body among the first message and the last chunk. */
  readonly largestBytes: number;
}

/** A stream marks its end with nothing: the message after which so long none came was the last. */
const quietMs = 400;
/** How long to wait for the first message of what may be an empty stream; it may have to be read from disk. */
const firstMs = 1000;
const prefetch = 200;

/** Reads the first message and the last chunk: over AMQP nothing else tells the ends, and the message count comes late. */
export async function streamEnds(link: AmqpLink, stream: string, signal: AbortSignal): Promise<StreamEnds> {
  const first = await look(link, stream, 'first', 1, signal);
  if (!first) return {first: 0n, end: 0n, largestBytes: 0};
  const last = (await look(link, stream, 'last', mostLooked, signal)) ?? first;
  return {first: first.from, end: last.to + 1n, largestBytes: Math.max(first.largestBytes, last.largestBytes)};
}

/** The first offset of the chunk that a time falls into; `null` when nothing was stored at it or later. */
export async function offsetAt(
  link: AmqpLink,
  stream: string,
  time: Date,
  signal: AbortSignal,
): Promise<bigint | null> {
  return (await look(link, stream, {time}, 1, signal))?.from ?? null;
}

interface Seen {
  readonly from: bigint;
  readonly to: bigint;
  readonly largestBytes: number;
}

/** A chunk holds fewer. On a busy stream there is no quiet; the newest message seen by then is a true end as well. */
const mostLooked = 10_000;

async function look(
  link: AmqpLink,
  stream: string,
  from: OffsetSpec,
  enough: number,
  signal: AbortSignal,
): Promise<Seen | null> {
  await using consumer = await StreamConsumer.open(link, stream, from, prefetch, signal);
  let seen = null as Seen | null;
  for (let count = 0; count < enough;) {
    const messages = await consumer.next(seen ? quietMs : firstMs, signal);
    if (messages.length === 0) break;
    count += messages.length;
    for (const {offset, received} of messages) {
      const largestBytes = Math.max(seen?.largestBytes ?? 0, received.content.length);
      seen = {from: seen?.from ?? offset, to: offset, largestBytes};
    }
    consumer.release(messages);
  }
  return seen;
}
