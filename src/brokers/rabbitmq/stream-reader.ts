import {Failure} from '../../model/failure.ts';
import type {Position} from '../../model/position.ts';
import {formatPosition} from '../../model/position.ts';
import type {Target} from '../../model/target.ts';
import {noDestination, timedOut} from '../errors.ts';
import type {Batch, Reader} from '../port.ts';
import {connect} from './amqp.ts';
import type {AmqpLink} from './amqp.ts';
import {readMessage} from './message.ts';
import type {LookUpQueue, QueueFacts} from './queue-facts.ts';
import {StreamConsumer} from './stream-consumer.ts';
import type {StreamMessage} from './stream-consumer.ts';
import {offsetAt, streamEnds} from './stream-ends.ts';
import type {StreamEnds} from './stream-ends.ts';

const largestPrefetch = 1000;

/**
 * Reads streams by their offsets. Each read has a connection of its own, because a server answers many a wrong request on
 * a stream by closing the whole connection. Classic and quorum queues cannot be read without taking: there the operation
 * is `none`, and the Taker shows their messages.
 */
export function rabbitReader(target: Target, lookUp: LookUpQueue): Reader {
  return {
    async *read({destination, partitions, from, fromEach, until, follow}, limits, signal) {
      if (partitions?.length) throw noDestination(target, 'partition', `${destination}:${partitions.join(',')}`);
      const facts = await lookUp(destination, signal);
      // Consuming from anything else takes its messages and counts as a delivery.
      if (facts.type !== 'stream') throw notAStream(destination, facts.type);
      await using link = await connect(target, signal);
      const ends = await streamEnds(link, destination, signal);
      const begin = await offsetOf(fromEach?.get(null) ?? from, link, destination, ends, signal);
      const end = follow ? null : least(await offsetOf(until, link, destination, ends, signal), ends.end);
      if (end !== null && begin >= end) {
        yield {partition: null, messages: [], next: String(begin), end: String(end)};
        return;
      }
      const prefetch = Math.min(largestPrefetch, Math.max(1, Math.floor(limits.batchBytes / (ends.largestBytes || 1))));
      await using consumer = await StreamConsumer.open(link, destination, {offset: begin}, prefetch, signal);
      let left = limits.messages ?? Number.POSITIVE_INFINITY;
      while (left > 0) {
        const arrived = await consumer.next(follow ? null : target.timeoutMs, signal);
        if (arrived.length === 0) throw timedOut(target, `read "${destination}"`);
        const inRange = ({offset}: StreamMessage): boolean => offset >= begin && (end === null || offset < end);
        const newest = arrived.at(-1)?.offset ?? begin;
        const wanted = arrived.filter(inRange);
        for (let at = 0; at < wanted.length && left > 0; at += limits.batchMessages) {
          const batch = wanted.slice(at, at + Math.min(limits.batchMessages, left));
          left -= batch.length;
          yield toBatch(batch, end);
        }
        consumer.release(arrived);
        if (end !== null && newest >= end - 1n) return;
      }

      function toBatch(messages: readonly StreamMessage[], stop: bigint | null): Batch {
        const last = messages.at(-1)?.offset ?? begin;
        return {
          partition: null,
          messages: messages.map(({received}) => readMessage(received, destination, facts)),
          next: String(last + 1n),
          end: stop === null ? null : String(stop),
        };
      }
    },
  };
}

function notAStream(name: string, type: QueueFacts['type']): Failure {
  return new Failure('unsupported', `"${name}" cannot be read without taking its messages`, {
    broker: type === null ? 'the queue type is not known without the management API' : `it is a ${type} queue`,
    hints: ['Only streams have offsets to read from.'],
  });
}

/** The offset that a position means, between the ends of the stream. */
async function offsetOf(
  position: Position,
  link: AmqpLink,
  stream: string,
  ends: StreamEnds,
  signal: AbortSignal,
): Promise<bigint> {
  switch (position.at) {
    case 'earliest':
      return ends.first;
    case 'latest':
      return ends.end;
    case 'offset':
      return most(position.offset, ends.first);
    case 'shift':
      return most(position.by < 0n ? ends.end + position.by : ends.first + position.by, ends.first);
    case 'time':
      return (await offsetAt(link, stream, position.time, signal)) ?? ends.end;
    case 'native': {
      if (/^\d+$/.test(position.token)) return most(BigInt(position.token), ends.first);
      throw new Failure('usage', `"${formatPosition(position)}" is not an offset of a stream`, {
        hints: ['A stream position is a number, as peek prints it.'],
      });
    }
  }
}

function least(one: bigint, other: bigint): bigint {
  return one < other ? one : other;
}

function most(one: bigint, other: bigint): bigint {
  return one > other ? one : other;
}
