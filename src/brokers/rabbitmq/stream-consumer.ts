import type {Channel, ConsumeMessage} from 'amqplib';
import {Failure} from '../../model/failure.ts';
import {stopIfAborted} from '../errors.ts';
import type {AmqpLink} from './amqp.ts';
import {streamOffset} from './message.ts';

/**
 * Where a consumer begins. An offset is exact; `last` and a time begin with the chunk they fall into. The server closes
 * the whole connection on a form it does not know, so there is no other way to write one.
 */
export type OffsetSpec = 'first' | 'last' | {readonly offset: bigint} | {readonly time: Date};

/** One message of a stream and its offset. */
export interface StreamMessage {
  readonly offset: bigint;
  readonly received: ConsumeMessage;
}

/** Reads one stream on a channel of its own. Acks only give credit for more: a stream keeps what it holds. */
export class StreamConsumer implements AsyncDisposable {
  readonly #channel: Channel;
  #arrived: StreamMessage[] = [];
  #problem: Failure | null = null;
  #changed: () => void = () => undefined;

  private constructor(channel: Channel) {
    this.#channel = channel;
  }

  /** `prefetch` is the most messages that may be on their way or waiting here. */
  static async open(
    link: AmqpLink,
    stream: string,
    from: OffsetSpec,
    prefetch: number,
    signal: AbortSignal,
  ): Promise<StreamConsumer> {
    const channel = await link.channel(signal);
    const consumer = new StreamConsumer(channel);
    let cause: unknown = new Error('channel closed');
    const end = (failure: Failure): void => {
      consumer.#problem ??= failure;
      consumer.#changed();
    };
    channel.on('error', (error: unknown) => (cause = error));
    channel.on('close', () => end(link.failure(`read "${stream}"`, cause)));
    await link.within('set the prefetch', channel.prefetch(prefetch), signal);
    const arrive = (received: ConsumeMessage | null): void => {
      if (received) {
        consumer.#arrived.push({offset: streamOffset(received), received});
        consumer.#changed();
      } else end(new Failure('tryAgain', `The server stopped the reading of "${stream}"`, {broker: 'basic.cancel'}));
    };
    const options = {arguments: {'x-stream-offset': argumentOf(from)}};
    await link.within(`read "${stream}"`, channel.consume(stream, arrive, options), signal);
    return consumer;
  }

  /** What has arrived, and none after so long a silence; `null` waits for ever. */
  async next(silenceMs: number | null, signal: AbortSignal): Promise<readonly StreamMessage[]> {
    stopIfAborted(signal);
    if (this.#arrived.length === 0 && !this.#problem) {
      await new Promise<void>(resolve => {
        const timer = silenceMs === null ? undefined : setTimeout(resolve, silenceMs);
        const wake = (): void => {
          clearTimeout(timer);
          signal.removeEventListener('abort', wake);
          resolve();
        };
        this.#changed = wake;
        signal.addEventListener('abort', wake, {once: true});
      });
      stopIfAborted(signal);
    }
    if (this.#arrived.length === 0 && this.#problem) throw this.#problem;
    const arrived = this.#arrived;
    this.#arrived = [];
    return arrived;
  }

  /** Lets the server send as many more. */
  release(messages: readonly StreamMessage[]): void {
    const last = messages.at(-1);
    if (last && !this.#problem) this.#channel.ack(last.received, true);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#problem) await this.#channel.close().catch(() => undefined);
  }
}

function argumentOf(from: OffsetSpec): unknown {
  if (typeof from === 'string') return from;
  if ('offset' in from) return {'!': 'int64', value: from.offset};
  // Whole seconds; a time before 1970 is before every stream.
  return {'!': 'timestamp', value: BigInt(Math.max(0, Math.floor(from.time.getTime() / 1000)))};
}
