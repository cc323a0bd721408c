import {setTimeout as sleep} from 'node:timers/promises';
import {Failure} from '../../model/failure.ts';
import {formatPosition} from '../../model/position.ts';
import type {Position} from '../../model/position.ts';
import {noDestination, stopIfAborted} from '../errors.ts';
import type {Reader} from '../port.ts';
import type {JetStreamApi} from './api.ts';
import {readMessage} from './message.ts';
import {StreamRead} from './stream-read.ts';
import {streamInfo} from './streams.ts';

/** How often a read that follows asks for more. */
const followMs = 200;

/** Reads streams by their sequences: no consumer is made, nothing is acknowledged. */
export function natsReader(api: JetStreamApi): Reader {
  return {
    async *read({destination, partitions, from, fromEach, until, follow}, limits, signal) {
      stopIfAborted(signal);
      if (partitions?.length) throw noDestination(api.target, 'partition', `${destination}:${partitions.join(',')}`);
      const record = await streamInfo(api, destination, signal);
      const read = new StreamRead(api, record);
      const bounds = {first: Math.max(1, record.state.first_seq), end: record.state.last_seq + 1};
      let next = await sequenceOf(fromEach?.get(null) ?? from, read, bounds, signal);
      const end = follow ? null : Math.min(await sequenceOf(until, read, bounds, signal), bounds.end);
      let left = limits.messages ?? Number.POSITIVE_INFINITY;
      do {
        const room = Math.min(limits.batchMessages, left, end === null ? Number.POSITIVE_INFINITY : end - next);
        const found = room > 0 ? await read.from(next, room, limits.batchBytes, signal) : [];
        const wanted = found.filter(({sequence}) => end === null || sequence < end);
        const last = wanted.at(-1);
        if (last === undefined && end === null) {
          await pause(signal);
          continue;
        }
        // With nothing left before the end, what was there has been deleted.
        next = last === undefined ? Math.max(next, end ?? next) : last.sequence + 1;
        left -= wanted.length;
        yield {
          partition: null,
          messages: wanted.map(message => readMessage(destination, message)),
          next: String(next),
          end: end === null ? null : String(end),
        };
      } while (left > 0 && (end === null || next < end));
    },
  };
}

async function pause(signal: AbortSignal): Promise<void> {
  await sleep(followMs, undefined, {signal}).catch(() => stopIfAborted(signal));
}

/** The sequence that a position means, not before the first message held. */
async function sequenceOf(
  position: Position,
  read: StreamRead,
  {first, end}: {readonly first: number; readonly end: number},
  signal: AbortSignal,
): Promise<number> {
  switch (position.at) {
    case 'earliest':
      return first;
    case 'latest':
      return end;
    case 'offset':
      return Math.max(first, Number(position.offset));
    case 'shift':
      return Math.max(first, (position.by < 0n ? end : first) + Number(position.by));
    case 'time':
      return read.atTime(position.time, first, end, signal);
    case 'native': {
      if (/^\d+$/.test(position.token)) return Math.max(first, Number(position.token));
      throw new Failure('usage', `"${formatPosition(position)}" is not a sequence of a stream`, {
        hints: ['A stream position is a number, as peek prints it.'],
      });
    }
  }
}
