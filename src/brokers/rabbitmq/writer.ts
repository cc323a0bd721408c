import {Failure} from '../../model/failure.ts';
import type {OutgoingMessage} from '../../model/message.ts';
import type {Target} from '../../model/target.ts';
import {interrupted, noDestination, stopIfAborted} from '../errors.ts';
import type {Outcome, Writer, WriteSession} from '../port.ts';
import {connect} from './amqp.ts';
import type {AmqpLink} from './amqp.ts';
import {requireKept} from './header-support.ts';
import {writeProperties} from './message.ts';
import type {LookUpQueue, QueueFacts} from './queue-facts.ts';
import {Publisher} from './publisher.ts';
import type {Fate} from './publisher.ts';

/** Most messages, and about most bytes, that are sent and not yet confirmed. */
const windowMessages = 1000;
const windowBytes = 8 * 1024 * 1024;
/**
 * A message this large is sent with nothing else under way: one over the server's `max_message_size` closes the channel,
 * and then it is certain which message did it and that the others are stored.
 */
const aloneBytes = 1024 * 1024;

/**
 * Writes to queues and streams through the default exchange, with confirms and `mandatory`, on a connection of its own: a
 * server in alarm stops reading a connection that publishes, and whatever else is done on it.
 */
export function rabbitWriter(target: Target, lookUp: LookUpQueue): Writer {
  return {
    async open(destination, _options, signal) {
      const facts = await lookUp(destination, signal);
      const link = await connect(target, signal);
      try {
        const found = (await link.count([destination], signal)).get(destination);
        if (found instanceof Failure) {
          throw found.kind === 'notFound' ? noDestination(target, 'queue', destination) : found;
        }
        const publisher = new Publisher(link, target.timeoutMs);
        await requireRight(publisher, target, signal);
        return session(link, publisher, target, {name: destination, facts});
      } catch (error) {
        await link[Symbol.asyncDispose]();
        throw error;
      }
    },
  };
}

/** Publishes to no queue at all: the server checks the right to write first, then returns the message. */
async function requireRight(publisher: Publisher, target: Target, signal: AbortSignal): Promise<void> {
  const probe = {exchange: '', routingKey: '', properties: Buffer.alloc(2), body: Buffer.alloc(0)};
  const fate = await (await publisher.send(probe, signal)).settled;
  if (!('failure' in fate)) return;
  if (fate.kind === 'closed' && fate.failure.kind === 'denied') {
    throw new Failure('denied', `Could not write to queues on ${target.name}`, {
      broker: fate.failure.broker,
      hints: ['Writing to a queue needs the write permission on the default exchange, "amq.default".'],
    });
  }
  throw fate.failure;
}

function session(
  link: AmqpLink,
  publisher: Publisher,
  target: Target,
  queue: {readonly name: string; readonly facts: QueueFacts},
): WriteSession {
  const user = target.credentials.username ?? 'guest';

  /** Sends one message and gives a way to wait for its fate, so that the next is sent meanwhile. */
  async function write(message: OutgoingMessage, signal: AbortSignal): Promise<() => Promise<Outcome>> {
    let properties: Buffer;
    const body = message.body ?? new Uint8Array();
    try {
      requireKept(message.headers, queue.facts.type, link.version);
      properties = writeProperties(message, user);
      publisher.requireFit(properties, body.length);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      return async () => ({status: 'failed', failure: error});
    }
    const alone = body.length > aloneBytes;
    await publisher.room(alone ? 1 : windowMessages, windowBytes);
    if (signal.aborted) return async () => ({status: 'failed', failure: interrupted()});
    const sent = await publisher.send({exchange: '', routingKey: queue.name, properties, body}, signal);
    if (alone) await sent.settled;
    return async () => outcomeOf(await sent.settled, target, queue.name);
  }

  async function sendAll(batch: readonly OutgoingMessage[], signal: AbortSignal): Promise<readonly Outcome[]> {
    stopIfAborted(signal);
    const outcomes: (() => Promise<Outcome>)[] = [];
    const stop = (): void => publisher.giveUp(interrupted());
    signal.addEventListener('abort', stop, {once: true});
    try {
      for (const message of batch) outcomes.push(await write(message, signal));
      return await Promise.all(outcomes.map(outcome => outcome()));
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  let sending: Promise<unknown> = Promise.resolve();
  return {
    send(batch, signal) {
      const sent = sendAll(batch, signal);
      sending = Promise.allSettled([sending, sent]);
      return sent;
    },
    async [Symbol.asyncDispose]() {
      // To close while confirmations are on their way would leave the fate of those messages unknown.
      await sending;
      await link[Symbol.asyncDispose]();
    },
  };
}

function outcomeOf(fate: Fate, target: Target, destination: string): Outcome {
  switch (fate.kind) {
    case 'stored':
      return {status: 'done', partition: null, position: null, duplicate: false};
    case 'returned':
      return {status: 'failed', failure: noDestination(target, 'queue', destination)};
    case 'refused':
      return {
        status: 'failed',
        failure: new Failure('tryAgain', `"${destination}" on ${target.name} refused the message`, {
          broker: 'basic.nack',
          hints: ['The queue is full (overflow reject-publish) or has no leader: brokerctl describe shows both.'],
        }),
      };
    case 'notSent':
      return {status: 'failed', failure: fate.failure};
    case 'closed':
      return {status: fate.certain ? 'failed' : 'unknown', failure: fate.failure};
  }
}
