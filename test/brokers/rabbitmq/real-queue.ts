import {connect} from 'amqplib';
import type {Channel} from 'amqplib';
import type {Message, OutgoingMessage} from '../../../src/model/message.ts';
import type {QueueFacts} from '../../../src/brokers/rabbitmq/queue-facts.ts';
import type {Delivery, Taker} from '../../../src/brokers/port.ts';
import {uniqueName} from '../real.ts';

/** A queue of a test's own, with a channel of the client library to look at it from outside. */
export interface RealQueue extends AsyncDisposable {
  readonly name: string;
  readonly facts: QueueFacts;
  readonly channel: Channel;
  /** Takes all out, and gives the bodies as text. */
  drain(): Promise<string[]>;
  /** Ready messages, as the server says now. */
  ready(): Promise<number>;
}

export async function realQueue(
  url: string,
  type: 'classic' | 'quorum' | 'stream',
  args: Readonly<Record<string, unknown>> = {},
): Promise<RealQueue> {
  const model = await connect(url);
  const channel = await model.createChannel();
  channel.on('error', () => undefined);
  const name = uniqueName(type);
  await channel.assertQueue(name, {durable: true, arguments: {'x-queue-type': type, ...args}});
  const limit = args['x-delivery-limit'];
  return {
    name,
    facts: {type, deliveryLimit: typeof limit === 'number' ? limit : null},
    channel,
    async drain() {
      const bodies: string[] = [];
      for (;;) {
        const message = await channel.get(name, {noAck: true});
        if (!message) return bodies;
        bodies.push(message.content.toString());
      }
    },
    ready: async () => (await channel.checkQueue(name)).messageCount,
    async [Symbol.asyncDispose]() {
      const cleaner = await model.createChannel();
      await cleaner.deleteQueue(name).catch(() => undefined);
      await model.close();
    },
  };
}

export function outgoing(body: string | Uint8Array, more: Partial<OutgoingMessage> = {}): OutgoingMessage {
  return {partition: null, key: null, headers: [], body: Buffer.from(body), timestamp: null, id: null, ...more};
}

export function text(message: Message): string {
  return Buffer.from(message.body ?? []).toString();
}

/** One look: takes all, returns all, and gives what was seen. */
export async function lookAt(taker: Taker, queue: string, signal: AbortSignal): Promise<readonly Delivery[]> {
  const seen: Delivery[] = [];
  for await (const deliveries of taker.take(queue, {window: 100, limit: 1000}, signal)) {
    seen.push(...deliveries);
    await taker.settle(deliveries, 'return', signal);
  }
  return seen;
}

/** Polls until the condition holds. */
export async function eventually(what: string, holds: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 30_000;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`not so after 30 s: ${what}`);
    await new Promise(resolve => setTimeout(resolve, 50));
  }
}
