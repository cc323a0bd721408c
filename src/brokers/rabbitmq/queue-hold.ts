import type {Channel, ConsumeMessage} from 'amqplib';
import {Failure} from '../../model/failure.ts';
import type {Target} from '../../model/target.ts';
import {noDestination, stopIfAborted} from '../errors.ts';
import type {Outcome} from '../port.ts';
import type {AmqpLink} from './amqp.ts';
import {propertiesToRepublish, timesPutBack} from './message.ts';
import {Publisher} from './publisher.ts';
import {isAtLeast, lives} from './queue-facts.ts';
import type {Lives, QueueFacts} from './queue-facts.ts';

/** One message that a hold keeps from everybody else. */
export interface Held {
  readonly hold: QueueHold;
  readonly received: ConsumeMessage;
  readonly lives: Lives;
  readonly consumer: Consumer;
}

/** The prefetch counts per consumer, so each consumer's deliveries are counted by themselves. */
interface Consumer {
  readonly tag: string;
  readonly prefetch: number;
  /** Delivered through it and not acked. */
  unacked: number;
  /** Of these, the ones that wait to be put back. */
  kept: number;
}

export interface HoldOptions {
  readonly queue: string;
  readonly facts: QueueFacts;
  /** Most messages given out and not settled. */
  readonly window: number;
  /** Most messages that the server may hand to us in all. */
  readonly limit: number;
}

/** After so long without a message the queue is asked whether it is empty. */
const quietMs = 100;
/** How long to wait for what the server has under way, where it may also never come. */
const settling = {tries: 20, eachMs: 25};
const done: Outcome = {status: 'done', partition: null, position: null, duplicate: false};

/** What one take holds of one queue: its connection, and the messages between delivery and settlement. */
export class QueueHold implements AsyncDisposable {
  readonly #target: Target;
  readonly #link: AmqpLink;
  readonly #options: HoldOptions;
  #channel: Channel | null = null;
  #consumer: Consumer | null = null;
  #delivered = 0;
  /** Delivered and not given out yet. */
  readonly #arrived: Held[] = [];
  /** Given out and not settled. */
  readonly #out = new Set<Held>();
  /** To be put back. */
  #kept: Held[] = [];
  #ended = false;
  #problem: Failure | null = null;
  #changed: () => void = () => undefined;

  constructor(target: Target, link: AmqpLink, options: HoldOptions) {
    this.#target = target;
    this.#link = link;
    this.#options = options;
  }

  /** True once the take has ended and all that it gave out is settled. */
  get finished(): boolean {
    return this.#ended && this.#out.size === 0;
  }

  /** The next messages, as many as have arrived and the window has room for; none once the queue is empty. */
  async next(signal: AbortSignal): Promise<readonly Held[]> {
    const {window, limit} = this.#options;
    let since = Date.now();
    while (this.#arrived.length === 0) {
      stopIfAborted(signal);
      if (this.#problem) throw this.#problem;
      const room = window - this.#out.size;
      if (this.#delivered === limit) return [];
      if (room > 0) await this.#consume(Math.min(room, limit - this.#delivered), signal);
      if (this.#arrived.length > 0) break;
      const quiet = await this.#change(signal, quietMs);
      if (!quiet || room <= 0) since = Date.now();
      else if (await this.#isEmpty(signal)) return [];
      else if (Date.now() - since > this.#target.timeoutMs) throw this.#withheld();
    }
    const given = this.#arrived.splice(0, window - this.#out.size);
    for (const held of given) this.#out.add(held);
    return given;
  }

  /** Acks, and waits until the server has read the acks. */
  async accept(held: readonly Held[], signal: AbortSignal): Promise<readonly Outcome[]> {
    const consumer = this.#consumer;
    const freed = held.filter(message => message.consumer === consumer).length;
    try {
      if (this.#problem) throw this.#problem;
      // An ack lets the server deliver as many again: more than the limit, if it is near.
      if (consumer && this.#delivered + free(consumer) + freed > this.#options.limit) await this.#cancel(signal);
    } catch (error) {
      // Not acked, so the broker has them again.
      const failure = this.#link.failure('acknowledge messages', error);
      return this.#settle(
        held,
        async () => undefined,
        () => ({status: 'failed', failure}),
      );
    }
    return this.#settle(
      held,
      () => this.#ack(held, signal),
      () => done,
    );
  }

  /** Puts back; while the take goes on, what is to be put back is kept until its end. */
  async return(held: readonly Held[], signal: AbortSignal): Promise<readonly Outcome[]> {
    for (const message of held) {
      message.consumer.kept++;
      this.#kept.push(message.lives.last ? message : withoutContent(message));
    }
    return this.#settle(
      held,
      async () => (this.#ended ? this.#putBack(signal) : undefined),
      () => done,
    );
  }

  /** Takes no more, and puts back what is not given out. */
  async end(signal: AbortSignal): Promise<void> {
    this.#ended = true;
    try {
      await this.#cancel(signal);
      this.#kept.push(...this.#arrived.splice(0));
      await this.#putBack(signal);
    } finally {
      if (this.finished) await this.#link[Symbol.asyncDispose]();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const signal = new AbortController().signal;
    this.#kept.push(...this.#out);
    this.#out.clear();
    await this.end(signal).catch(() => undefined);
  }

  async #settle(held: readonly Held[], work: () => Promise<void>, outcome: () => Outcome): Promise<readonly Outcome[]> {
    for (const message of held) this.#out.delete(message);
    try {
      await work();
      return held.map(outcome);
    } catch (error) {
      // Whether the server had read it before the end cannot be known.
      const failure = this.#link.failure('settle messages', error);
      return held.map(() => ({status: 'unknown', failure}));
    } finally {
      this.#changed();
      if (this.finished) await this.#link[Symbol.asyncDispose]();
    }
  }

  async #ack(held: readonly Held[], signal: AbortSignal): Promise<void> {
    const channel = await this.#open(signal);
    for (const {received, consumer} of held) {
      channel.ack(received);
      consumer.unacked--;
    }
    await this.#settled(channel, signal);
  }

  /** Puts back in the order of delivery, and waits until the queue has them. */
  async #putBack(signal: AbortSignal): Promise<void> {
    const last = this.#kept.filter(message => message.lives.last);
    if (last.length > 0) await this.#rescue(last, signal);
    // Before 4.0 a quorum queue puts a nacked message at its tail, and what a closed channel held before the messages that
    // nobody has had yet.
    const byClosing = this.#options.facts.type === 'quorum' && !isAtLeast(this.#link.version, 4, 0);
    if (this.#kept.length === 0 || (byClosing && this.#out.size > 0)) return;
    const kept = this.#kept.sort((one, other) => one.received.fields.deliveryTag - other.received.fields.deliveryTag);
    this.#kept = [];
    const channel = await this.#open(signal);
    const before = await this.#ready(signal);
    if (byClosing) {
      this.#channel = null;
      await this.#link.within('close the channel', channel.close(), signal);
    } else for (const {received} of kept) channel.nack(received, false, true);
    await this.#backIn(before + kept.length, signal);
  }

  /** A quorum queue puts back after it has answered: the next consumer could meet the messages behind it first. */
  async #backIn(count: number, signal: AbortSignal): Promise<void> {
    // Somebody else may consume them meanwhile, so the wait has an end.
    for (let tries = 0; tries < settling.tries && (await this.#ready(signal)) < count; tries++) {
      await this.#change(signal, settling.eachMs);
    }
  }

  async #ready(signal: AbortSignal): Promise<number> {
    const {queue} = this.#options;
    const counts = (await this.#link.count([queue], signal)).get(queue);
    if (counts instanceof Failure) throw counts;
    return counts?.ready ?? 0;
  }

  /** The broker would drop these if they were put back once more: each is written anew at the tail, then acked. */
  async #rescue(held: readonly Held[], signal: AbortSignal): Promise<void> {
    const {queue, facts} = this.#options;
    const publisher = new Publisher(this.#link, this.#target.timeoutMs);
    for (const message of held) {
      const properties = propertiesToRepublish(message.received, facts, this.#target.credentials.username ?? 'guest');
      const sent = await publisher.send(
        {exchange: '', routingKey: queue, properties, body: message.received.content},
        signal,
      );
      const fate = await sent.settled;
      if (fate.kind !== 'stored') {
        throw new Failure('tryAgain', `A message of "${queue}" has no returns left and could not be written anew`, {
          broker: 'failure' in fate ? fate.failure.broker : fate.kind,
          hints: ['The broker drops or dead-letters it: brokerctl describe shows the delivery limit and the route.'],
        });
      }
      await this.#ack([message], signal);
      this.#kept = this.#kept.filter(kept => kept !== message);
    }
  }

  /** A request that the server answers once it has read all before it. */
  async #settled(channel: Channel, signal: AbortSignal): Promise<void> {
    await this.#link.within('settle messages', channel.prefetch(this.#options.window), signal);
  }

  async #consume(most: number, signal: AbortSignal): Promise<void> {
    const current = this.#consumer;
    if (current && free(current) > 0) return;
    // Messages kept to be put back have used up its prefetch: a new consumer has all of its own.
    await this.#cancel(signal);
    const channel = await this.#open(signal);
    const prefetch = Math.min(most, this.#options.limit - this.#delivered);
    await this.#link.within('set the prefetch', channel.prefetch(prefetch), signal);
    const {queue, facts} = this.#options;
    const consumer: Consumer = {tag: `brokerctl-${++this.#consumers}`, prefetch, unacked: 0, kept: 0};
    this.#consumer = consumer;
    const arrive = (received: ConsumeMessage | null): void => {
      if (received) {
        consumer.unacked++;
        this.#delivered++;
        const left = lives(facts, this.#link.version, timesPutBack(received));
        this.#arrived.push({hold: this, received, lives: left, consumer});
      } else this.#problem = noDestination(this.#target, 'queue', queue);
      this.#changed();
    };
    await this.#link.within(
      `consume from "${queue}"`,
      channel.consume(queue, arrive, {consumerTag: consumer.tag}),
      signal,
    );
  }

  /**
   * Cancels the consumer once nothing is on its way to it: what arrived too late the server would put back behind others,
   * and count as a delivery.
   */
  async #cancel(signal: AbortSignal): Promise<void> {
    const consumer = this.#consumer;
    if (!consumer || !this.#channel || this.#problem) return;
    for (let tries = 0; tries < settling.tries && free(consumer) > 0 && !(await this.#isEmpty(signal)); tries++) {
      await this.#change(signal, settling.eachMs);
    }
    this.#consumer = null;
    await this.#link.within('stop consuming', this.#channel.cancel(consumer.tag), signal);
  }

  async #open(signal: AbortSignal): Promise<Channel> {
    if (this.#channel) return this.#channel;
    const channel = await this.#link.channel(signal);
    let cause: unknown = new Error('channel closed');
    channel.on('error', (error: unknown) => (cause = error));
    channel.on('close', () => {
      if (this.#channel !== channel) return;
      this.#problem ??= this.#link.failure(`take messages from "${this.#options.queue}"`, cause);
      this.#changed();
    });
    this.#channel = channel;
    return channel;
  }

  /** True after a quiet moment, false when something has changed. */
  async #change(signal: AbortSignal, quietMs: number): Promise<boolean> {
    return new Promise(resolve => {
      const wake = (quiet: boolean): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', stop);
        this.#changed = () => undefined;
        resolve(quiet);
      };
      const stop = (): void => wake(false);
      const timer = setTimeout(() => wake(true), quietMs);
      this.#changed = stop;
      signal.addEventListener('abort', stop, {once: true});
    });
  }

  /** Nothing is ready, and what was on its way to us has arrived. */
  async #isEmpty(signal: AbortSignal): Promise<boolean> {
    const channel = await this.#open(signal);
    const {queue} = this.#options;
    const count = await this.#link.within(`count "${queue}"`, channel.checkQueue(queue), signal);
    // The channel's own process sends what was delivered to it before it answers the next request.
    await this.#settled(channel, signal);
    return count.messageCount === 0 && this.#arrived.length === 0;
  }

  #withheld(): Failure {
    return new Failure(
      'tryAgain',
      `"${this.#options.queue}" on ${this.#target.name} has messages and delivers none to us`,
      {
        hints: [
          'Another consumer is its single active or exclusive one, or has the priority: brokerctl describe shows it.',
        ],
      },
    );
  }

  #consumers = 0;
}

function free(consumer: Consumer): number {
  return consumer.prefetch - consumer.unacked;
}

/** Its tag is enough to put a message back: a take that returns much holds no bodies. */
function withoutContent(held: Held): Held {
  const nothing: Partial<ConsumeMessage['properties']> = {};
  const received = {fields: held.received.fields, properties: nothing as ConsumeMessage['properties']};
  return {...held, received: {...received, content: Buffer.alloc(0)}};
}
