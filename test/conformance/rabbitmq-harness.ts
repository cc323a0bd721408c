import {connect} from 'amqplib';
import type {Channel, ChannelModel, Message} from 'amqplib';
import {none} from '../../src/brokers/capabilities.ts';
import type {Broker, Inspector} from '../../src/brokers/port.ts';
import {rabbitmqDriver} from '../../src/brokers/rabbitmq/driver.ts';
import type {Header, OutgoingMessage} from '../../src/model/message.ts';
import {rabbitmq, uniqueName} from '../brokers/real.ts';
import type {Harness, Stored} from './harness.ts';
import {targetOf} from '../brokers/rabbitmq/target.ts';

export type QueueType = 'classic' | 'quorum' | 'stream';

/** Uses the client library alone, with its own codec, so that nothing of the driver's is trusted. */
export async function rabbitmqHarness(line: Parameters<typeof rabbitmq>[0], type: QueueType): Promise<Harness> {
  const server = rabbitmq(line);
  const model: ChannelModel = await connect(server.url);
  const made: string[] = [];

  async function withChannel<T>(work: (channel: Channel) => Promise<T>): Promise<T> {
    const channel = await model.createChannel();
    try {
      return await work(channel);
    } finally {
      await channel.close();
    }
  }

  async function create(args: Readonly<Record<string, unknown>> = {}): Promise<string> {
    const name = uniqueName('conformance');
    await withChannel(channel =>
      channel.assertQueue(name, {durable: true, arguments: {'x-queue-type': type, ...args}}),
    );
    made.push(name);
    return name;
  }

  /** Takes up to `count` messages off the head; they stay unsettled until the channel is closed or they are acked. */
  async function getFrom(channel: Channel, queue: string, count: number): Promise<Stored[]> {
    const stored: Stored[] = [];
    while (stored.length < count) {
      const message = await channel.get(queue);
      if (!message) break;
      stored.push({partition: null, key: null, body: message.content});
    }
    return stored;
  }

  return {
    name: `rabbitmq ${server.version} ${type}`,
    driver: rabbitmqDriver,
    maxPartitions: 1,
    // Management statistics are refreshed each 5 s, and those of a new quorum queue come later still.
    figuresLagMs: 15_000,
    keepsNullBody: false,
    refused: {partition: null, key: null, headers: [tooLarge], body: Buffer.from('refused'), timestamp: null, id: null},
    open: async () =>
      withoutStreamLag(await rabbitmqDriver.open(targetOf(server), {signal: new AbortController().signal})),
    create: () => create(),
    async produce(destination, messages) {
      const channel = await model.createConfirmChannel();
      for (const message of messages) {
        channel.publish('', destination, Buffer.from(message.body ?? []), {
          persistent: true,
          headers: headersOf(message),
          ...(message.id === null ? {} : {messageId: message.id}),
          ...(message.timestamp === null ? {} : {timestamp: Math.floor(message.timestamp.getTime() / 1000)}),
        });
      }
      await channel.waitForConfirms();
      await channel.close();
    },
    contents: destination =>
      type === 'stream' ? readStream(destination, Number.POSITIVE_INFINITY) : contentsOf(destination),
    subscriptionFor: destination => destination,
    async consume(destination, count) {
      // A get on a stream closes the whole connection.
      if (type === 'stream') return void (await readStream(destination, count));
      await withChannel(async channel => {
        await getFrom(channel, destination, count);
        channel.ackAll();
      });
    },
    ...(type === 'stream'
      ? {}
      : {
          async hold(destination: string, count: number) {
            const channel = await model.createChannel();
            await channel.prefetch(count);
            await new Promise<void>((resolve, reject) => {
              let received = 0;
              const receive = (): void => {
                if (++received === count) resolve();
              };
              channel.consume(destination, receive).catch(reject);
            });
            return {release: () => channel.close()};
          },
          async route() {
            const destination = await create();
            const source = await create({
              'x-dead-letter-exchange': '',
              'x-dead-letter-routing-key': destination,
            });
            return {source, destination};
          },
        }),
    async close() {
      await withChannel(async channel => {
        for (const name of made) await channel.deleteQueue(name);
      });
      await model.close();
    },
  };

  /** The suite's consumers leave, and a stream tells of the lag of connected stream-protocol consumers only. */
  function withoutStreamLag(broker: Broker): Broker {
    if (type !== 'stream') return broker;
    const {inspector} = broker;
    const describe: Inspector['describe'] = async (name, signal) => {
      const description = await inspector.describe(name, signal);
      const capabilities = {...description.capabilities, 'inspect.lag': none('nobody is connected to the stream')};
      return {...description, capabilities};
    };
    return {
      ...broker,
      inspector: {
        destinations: (...asked) => inspector.destinations(...asked),
        subscriptions: (...asked) => inspector.subscriptions(...asked),
        ages: (...asked) => inspector.ages(...asked),
        deadLetters: (...asked) => inspector.deadLetters(...asked),
        describe,
      },
    };
  }

  /** Reads a stream from its beginning until it has enough, or until nothing has come for a second. */
  async function readStream(stream: string, count: number): Promise<readonly Stored[]> {
    return withChannel(async channel => {
      const stored: Stored[] = [];
      await channel.prefetch(1000);
      await new Promise<void>((resolve, reject) => {
        let timer = setTimeout(resolve, 1000);
        const read = (message: Message | null): void => {
          if (!message || stored.length === count) return;
          stored.push({partition: null, key: null, body: message.content});
          channel.ack(message);
          clearTimeout(timer);
          timer = setTimeout(resolve, stored.length === count ? 0 : 1000);
        };
        channel.consume(stream, read, {arguments: {'x-stream-offset': 'first'}}).catch(reject);
      });
      return stored;
    });
  }

  /** Takes everything out. */
  async function contentsOf(queue: string): Promise<readonly Stored[]> {
    return withChannel(async channel => {
      const stored = await getFrom(channel, queue, Number.POSITIVE_INFINITY);
      channel.ackAll();
      return stored;
    });
  }
}

/** Headers must fit into one frame of 128 KiB. */
const tooLarge: Header = {name: 'large', type: 'string', value: 'x'.repeat(200_000)};

/** Strings and bytes only: what the client library writes as the type it was given. */
function headersOf(message: OutgoingMessage): Record<string, unknown> {
  const typed = (value: unknown): unknown => (value instanceof Uint8Array ? Buffer.from(value) : value);
  return Object.fromEntries(
    message.headers.map(({name, type, value}) => [name, plain.has(type) ? typed(value) : {'!': type, value}]),
  );
}
const plain = new Set(['string', 'bytes', 'boolean', 'null']);
