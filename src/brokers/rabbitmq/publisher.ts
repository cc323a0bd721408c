import type {ConfirmChannel} from 'amqplib';
import {Failure} from '../../model/failure.ts';
import type {AmqpLink} from './amqp.ts';
import {mostPropertyBytes, publish, rawProperties} from './wire.ts';
import type {Publication} from './wire.ts';

/**
 * What became of one publication: `stored` by the broker's ack, `returned` because no queue took it, `refused` by its nack,
 * `notSent` at all, or `closed`: sent, and the channel ended before an answer. `certain` then says that it is not stored.
 */
export type Fate =
  | {readonly kind: 'stored'}
  | {readonly kind: 'returned'}
  | {readonly kind: 'refused'}
  | {readonly kind: 'notSent'; readonly failure: Failure}
  | {readonly kind: 'closed'; readonly certain: boolean; readonly failure: Failure};

interface Pending {
  readonly publication: Publication;
  readonly settle: (fate: Fate) => void;
  returned: boolean;
}

/** Publishes on a confirm channel, which it opens anew after the server has closed it over a message. */
export class Publisher {
  readonly #link: AmqpLink;
  readonly #timeoutMs: number;
  readonly #pending = new Set<Pending>();
  #pendingBytes = 0;
  #channel: ConfirmChannel | null = null;
  #mostBodyBytes = Number.POSITIVE_INFINITY;
  #silence: NodeJS.Timeout | undefined;
  #roomMade: (() => void) | null = null;

  constructor(link: AmqpLink, timeoutMs: number) {
    this.#link = link;
    this.#timeoutMs = timeoutMs;
  }

  /** @throws {Failure} `data` on what would make the server close the connection or the channel */
  requireFit(properties: Buffer, bodyBytes: number): void {
    const most = mostPropertyBytes(this.#link.frameMax);
    if (properties.length > most) {
      throw new Failure('data', `The message's headers and properties have ${properties.length} bytes`, {
        broker: `The connection's frame_max allows ${most}`,
        hints: ['Leave a large header out: --strip-header NAME'],
      });
    }
    if (bodyBytes > this.#mostBodyBytes) throw tooLarge(bodyBytes, this.#mostBodyBytes);
  }

  /** Waits until fewer than `messages` are unanswered, and fewer than `bytes`. */
  async room(messages: number, bytes: number): Promise<void> {
    while (this.#pending.size >= messages || this.#pendingBytes >= bytes) {
      await new Promise<void>(resolve => (this.#roomMade = resolve));
    }
  }

  /** Sends, and gives the fate apart so that the next can be sent before it is known. */
  async send(publication: Publication, signal: AbortSignal): Promise<{readonly settled: Promise<Fate>}> {
    let channel: ConfirmChannel;
    try {
      channel = this.#channel ??= await this.#open(signal);
    } catch (error) {
      return notSent(this.#link.failure('write', error));
    }
    let settle: (fate: Fate) => void = () => undefined;
    const settled = new Promise<Fate>(resolve => (settle = resolve));
    const pending: Pending = {publication, settle, returned: false};
    try {
      publish(channel, publication, error => {
        if (error === null) this.#settle(pending, {kind: pending.returned ? 'returned' : 'stored'});
        else if (error.message === 'message nacked') this.#settle(pending, {kind: 'refused'});
        // Else the channel was closed: its own event says why, and comes at once.
      });
    } catch (error) {
      return notSent(this.#link.failure('write', error));
    }
    this.#pending.add(pending);
    this.#pendingBytes += publication.body.length;
    this.#awaitAnswer();
    return {settled};
  }

  /** Ends the wait for answers: what was sent and not answered is `closed`. */
  giveUp(failure: Failure): void {
    const channel = this.#channel;
    this.#channel = null;
    this.#closeAll(failure, false);
    // The channel is left to the connection's end when the server does not answer this either.
    channel?.close().catch(() => undefined);
  }

  async #open(signal: AbortSignal): Promise<ConfirmChannel> {
    const channel = await this.#link.confirmChannel(signal);
    let cause: unknown = null;
    channel.on('error', (error: unknown) => (cause = error));
    channel.on('close', () => {
      if (this.#channel !== channel) return;
      this.#channel = null;
      this.#closed(cause);
    });
    channel.on('return', (message: {readonly content: Buffer; readonly properties: unknown}) => {
      const pending = this.#returned(message.content, rawProperties(message));
      if (pending) pending.returned = true;
    });
    return channel;
  }

  /** `cause` is the server's reason for closing the channel, `null` when the whole connection ended. */
  #closed(cause: unknown): void {
    const failure = this.#link.failure('write', cause ?? new Error('channel closed'));
    const alone = cause !== null && this.#pending.size === 1;
    const most = /max size (\d+)/.exec(failure.broker ?? '')?.[1];
    const [first] = this.#pending;
    if (alone && first && most !== undefined) {
      this.#mostBodyBytes = Number(most);
      this.#closeAll(tooLarge(first.publication.body.length, this.#mostBodyBytes), true);
    } else this.#closeAll(failure, alone);
  }

  /**
   * A returned message does not say which publication it was; returns come in the order of publishing, so it is the first
   * one that is the same.
   */
  #returned(body: Buffer, properties: Buffer): Pending | undefined {
    const candidates = [...this.#pending].filter(pending => !pending.returned);
    const sameBody = candidates.filter(({publication}) => body.equals(publication.body));
    return sameBody.find(({publication}) => properties.equals(publication.properties)) ?? sameBody[0] ?? candidates[0];
  }

  #closeAll(failure: Failure, certain: boolean): void {
    for (const pending of this.#pending) this.#settle(pending, {kind: 'closed', certain, failure});
  }

  #settle(pending: Pending, fate: Fate): void {
    if (!this.#pending.delete(pending)) return;
    this.#pendingBytes -= pending.publication.body.length;
    pending.settle(fate);
    this.#awaitAnswer();
    this.#roomMade?.();
  }

  /** The wait for answers begins anew with each one: a long queue of messages is no silence. */
  #awaitAnswer(): void {
    clearTimeout(this.#silence);
    if (this.#pending.size > 0) {
      this.#silence = setTimeout(() => this.giveUp(this.#link.silence('write')), this.#timeoutMs);
    }
  }
}

function notSent(failure: Failure): {readonly settled: Promise<Fate>} {
  return {settled: Promise.resolve({kind: 'notSent', failure})};
}

function tooLarge(bytes: number, most: number): Failure {
  return new Failure('data', `The message's body has ${bytes} bytes`, {
    broker: `max_message_size is ${most}`,
    hints: ['The server sets it in rabbitmq.conf.'],
  });
}
