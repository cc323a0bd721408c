import {connect} from 'amqplib';
import type {Channel, ChannelModel, Options} from 'amqplib';
import type {NameFilter} from '../../../src/model/name-filter.ts';
import {tool, uniqueName} from '../real.ts';
import type {RabbitmqBroker} from '../real.ts';

/** What `rabbitmqctl list_queues` says of one queue. */
export interface Truth {
  readonly name: string;
  readonly messages: number;
  readonly messages_ready: number;
  readonly messages_unacknowledged: number;
  readonly consumers: number;
}

/** Queues under a prefix of a test's own, made with the client library; all of it goes with `end`. */
export class Situation {
  readonly prefix = `${uniqueName('see')}.`;
  readonly broker: RabbitmqBroker;
  readonly #model: ChannelModel;
  readonly #channel: Channel;

  private constructor(broker: RabbitmqBroker, model: ChannelModel, channel: Channel) {
    this.broker = broker;
    this.#model = model;
    this.#channel = channel;
  }

  static async begin(broker: RabbitmqBroker): Promise<Situation> {
    const model = await connect(broker.url);
    return new Situation(broker, model, await model.createChannel());
  }

  /** A filter of the queues made here. */
  get names(): NameFilter {
    return {matches: name => name.startsWith(this.prefix), exact: null};
  }

  name(word: string): string {
    return this.prefix + word;
  }

  async queue(
    word: string,
    args: Readonly<Record<string, unknown>> = {},
    options: Options.AssertQueue = {},
  ): Promise<string> {
    await this.#channel.assertQueue(this.name(word), {durable: true, ...options, arguments: args});
    return this.name(word);
  }

  async exchange(word: string, type: string, options: Options.AssertExchange = {}): Promise<string> {
    await this.#channel.assertExchange(this.name(word), type, {durable: true, ...options});
    return this.name(word);
  }

  /** Binds a queue to an exchange, or with `exchange` an exchange to it. */
  async bind(source: string, destination: string, key: string, to: 'queue' | 'exchange' = 'queue'): Promise<void> {
    if (to === 'queue') await this.#channel.bindQueue(destination, source, key);
    else await this.#channel.bindExchange(destination, source, key);
  }

  /** Publishes and waits for the confirms: the messages are there when it returns. */
  async publish(queue: string, count: number, options: Options.Publish = {}): Promise<void> {
    const channel = await this.#model.createConfirmChannel();
    for (let n = 0; n < count; n++)
      channel.sendToQueue(queue, Buffer.from(`message ${n}`), {persistent: true, ...options});
    await channel.waitForConfirms();
    await channel.close();
  }

  /** A consumer that takes up to `prefetch` messages and acknowledges none. */
  async hold(queue: string, prefetch: number): Promise<void> {
    const channel = await this.#model.createChannel();
    await channel.prefetch(prefetch);
    await channel.consume(queue, () => undefined);
  }

  async put(path: string, body: object): Promise<void> {
    await this.#manage('PUT', path, body);
  }

  async remove(path: string): Promise<void> {
    await this.#manage('DELETE', path);
  }

  async get<T>(path: string): Promise<T> {
    return (await (await this.#manage('GET', path)).json()) as T;
  }

  async #manage(method: string, path: string, body?: object): Promise<Response> {
    const answer = await fetch(`${this.broker.managementUrl}/api/${path}`, {
      method,
      headers: {
        authorization: `Basic ${Buffer.from(`guest:${this.broker.users.guest}`).toString('base64')}`,
        'content-type': 'application/json',
      },
      ...(body ? {body: JSON.stringify(body)} : {}),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return answer;
  }

  /** The broker's own tool, which asks each queue. */
  async truth(): Promise<Map<string, Truth>> {
    const columns = ['name', 'messages', 'messages_ready', 'messages_unacknowledged', 'consumers'];
    const args = ['-q', '--formatter', 'json', 'list_queues', ...columns];
    const rows = JSON.parse(await tool(this.broker, 'rabbitmqctl', args)) as Truth[];
    return new Map(rows.filter(({name}) => this.names.matches(name)).map(row => [row.name, row]));
  }

  async end(): Promise<void> {
    const cleaner = await this.#model.createChannel();
    for (const name of (await this.truth()).keys()) await cleaner.deleteQueue(name).catch(() => undefined);
    await this.#model.close();
  }
}

export const forever = new AbortController().signal;
