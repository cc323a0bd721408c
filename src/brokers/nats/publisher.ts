import {createInbox} from 'nats';
import type {Msg, MsgHdrs, NatsConnection, Subscription} from 'nats';
import {Failure} from '../../model/failure.ts';
import type {Target} from '../../model/target.ts';
import {timedOut} from '../errors.ts';
import type {Outcome} from '../port.ts';
import {untilAborted} from './api.ts';
import type {JetStreamApi} from './api.ts';
import {apiFailure, publishDenied, requestFailure} from './nats-failure.ts';
import type {ApiError} from './nats-failure.ts';
import type {Refusals} from './refusals.ts';

/** Most messages, and about most bytes, that are sent and not yet acknowledged. */
const windowMessages = 1000;
const windowBytes = 8 * 1024 * 1024;

interface Sent {
  readonly bytes: number;
  readonly settle: (outcome: Outcome) => void;
}

/**
 * Publishes to one stream with many messages under way. Acknowledgements come to one inbox, numbered: the client library's
 * own publish costs several times as much for each message.
 */
export class Publisher {
  readonly #link: NatsConnection;
  readonly #target: Target;
  readonly #refusals: Refusals;
  readonly #inbox = createInbox();
  readonly #acks: Subscription;
  readonly #sent = new Map<string, Sent>();
  #count = 0;
  #bytes = 0;
  #room = (): void => undefined;

  constructor({link, target, refusals}: JetStreamApi) {
    this.#link = link;
    this.#target = target;
    this.#refusals = refusals;
    this.#acks = link.subscribe(`${this.#inbox}.*`, {callback: (error, msg) => error ?? this.#acknowledged(msg)});
  }

  /** Waits for room in the window, sends, and gives what becomes of the message. */
  async send(
    subject: string,
    headers: Uint8Array,
    body: Uint8Array,
    signal: AbortSignal,
  ): Promise<{readonly settled: Promise<Outcome>}> {
    const bytes = headers.length + body.length;
    while (this.#sent.size >= windowMessages || (this.#sent.size > 0 && this.#bytes + bytes > windowBytes)) {
      await untilAborted(new Promise<void>(resolve => (this.#room = resolve)), signal);
    }
    const token = String(++this.#count);
    const settled = new Promise<Outcome>(resolve => {
      const late = (): void => {
        const failure = timedOut(this.#target, 'store a message');
        this.#settle(token, {status: 'unknown', failure});
      };
      const timer = setTimeout(late, this.#target.timeoutMs);
      const said = `permissions violation for publish to "${subject}"`;
      const refused = (): void => {
        const failure = publishDenied(this.#target, 'store a message', said);
        this.#settle(token, {status: 'failed', failure});
      };
      const forget = this.#refusals.on(subject, refused);
      const settle = (outcome: Outcome): void => {
        clearTimeout(timer);
        forget();
        resolve(outcome);
      };
      this.#sent.set(token, {bytes, settle});
    });
    this.#bytes += bytes;
    try {
      // All that the client library asks of headers here is their bytes; its own map cannot hold repeats in their order.
      const encoded = {encode: () => headers} as unknown as MsgHdrs;
      this.#link.publish(subject, body, {reply: `${this.#inbox}.${token}`, headers: encoded});
    } catch (error) {
      this.#settle(token, {status: 'failed', failure: requestFailure(this.#target, 'send a message', error)});
    }
    return {settled};
  }

  /** What is not acknowledged by now stays unknown. */
  close(): void {
    this.#acks.unsubscribe();
    const failure = new Failure(
      'unreachable',
      `The connection to ${this.#target.name} ended before an acknowledgement`,
    );
    for (const token of this.#sent.keys()) this.#settle(token, {status: 'unknown', failure});
  }

  #acknowledged(msg: Msg): void {
    const token = msg.subject.slice(this.#inbox.length + 1);
    this.#settle(token, outcomeOf(msg, this.#target));
  }

  #settle(token: string, outcome: Outcome): void {
    const sent = this.#sent.get(token);
    if (!sent) return;
    this.#sent.delete(token);
    this.#bytes -= sent.bytes;
    sent.settle(outcome);
    this.#room();
  }
}

function outcomeOf(msg: Msg, target: Target): Outcome {
  if (msg.data.length === 0) {
    const failure = new Failure('tryAgain', `No stream of ${target.name} takes the message`, {
      broker: 'no responders',
      hints: ['The stream may be without a leader, or have lost the subject: brokerctl describe'],
    });
    return {status: 'failed', failure};
  }
  const ack = msg.json<{seq?: number; duplicate?: boolean; error?: ApiError}>();
  if (ack.error) return {status: 'failed', failure: apiFailure(target, 'store a message', ack.error)};
  return {
    status: 'done',
    partition: null,
    position: ack.seq === undefined ? null : String(ack.seq),
    duplicate: ack.duplicate === true,
  };
}
