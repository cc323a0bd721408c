import {AckPolicy, connect, headers as natsHeaders} from 'nats';
import type {JsMsg, MsgHdrs} from 'nats';
import {natsDriver} from '../../src/brokers/nats/driver.ts';
import type {OutgoingMessage} from '../../src/model/message.ts';
import {targetOf} from '../brokers/nats/target.ts';
import {waitingPull} from '../brokers/nats/waiting-pull.ts';
import {nats, uniqueName} from '../brokers/real.ts';
import type {Harness} from './harness.ts';

const consumerOf = (name: string): string => `${name}-readers`;
/** Above the body of 1 MB that the suite writes, and below the server's own limit. */
const largestMessage = 1_020_000;

/** A real NATS server, handled by the client library's own JetStream calls, which the driver does not use. */
export async function natsHarness(): Promise<Harness> {
  const server = nats();
  const {app} = server.users;
  const link = await connect({servers: `127.0.0.1:${server.clientPort}`, user: 'app', pass: app});
  const manager = await link.jetstreamManager();
  const stream = link.jetstream();
  const made: string[] = [];

  async function create(): Promise<string> {
    const name = uniqueName('conformance');
    await manager.streams.add({name, subjects: [`${name}.in`], max_msg_size: largestMessage, allow_direct: true});
    made.push(name);
    return name;
  }

  async function addConsumer(name: string): Promise<void> {
    await manager.consumers.add(name, {durable_name: consumerOf(name), ack_policy: AckPolicy.Explicit});
  }

  /** Up to `count` messages, unsettled. */
  async function fetch(name: string, count: number): Promise<JsMsg[]> {
    const found: JsMsg[] = [];
    const readers = await stream.consumers.get(name, consumerOf(name));
    for await (const message of await readers.fetch({max_messages: count, expires: 5000})) found.push(message);
    return found;
  }

  return {
    name: `nats ${server.version}`,
    driver: natsDriver,
    maxPartitions: 1,
    figuresLagMs: 1000,
    keepsNullBody: false,
    refused: {...empty, body: Buffer.alloc(1_030_000)},
    open: () => natsDriver.open(targetOf(server.url), {signal: AbortSignal.timeout(60_000)}),
    create,
    async produce(name, messages) {
      for (const message of messages) {
        await stream.publish(`${name}.in`, message.body ?? new Uint8Array(), {headers: headersOf(message)});
      }
    },
    async contents(name) {
      const {state} = await manager.streams.info(name);
      const bodies: Uint8Array[] = [];
      for (let seq = state.first_seq; state.messages > 0 && seq <= state.last_seq; seq++) {
        bodies.push((await manager.streams.getMessage(name, {seq})).data);
      }
      return bodies.map(body => ({partition: null, key: null, body}));
    },
    subscriptionFor: consumerOf,
    async consume(name, count) {
      await addConsumer(name);
      for (const message of await fetch(name, count)) await message.ackAck();
    },
    async hold(name, count) {
      const config = {durable_name: consumerOf(name), ack_policy: AckPolicy.Explicit, max_ack_pending: count};
      await manager.consumers.add(name, config);
      await fetch(name, count);
      // One more request: it waits, since nothing more is given out before an acknowledgement.
      const stopWaiting = waitingPull(link, name, consumerOf(name));
      return {
        release: async () => {
          stopWaiting();
          // A message that is put back stays "ack pending" until it is delivered anew: a consumer made anew holds none.
          await manager.consumers.delete(name, consumerOf(name));
          await manager.consumers.add(name, config);
        },
      };
    },
    async route() {
      const source = await create();
      const destination = `${source}-DLQ`;
      await manager.streams.add({name: destination, subjects: [`${destination}.in`]});
      made.push(destination);
      return {source, destination};
    },
    async close() {
      for (const name of made) await manager.streams.delete(name);
      await link.close();
    },
  };
}

const empty: OutgoingMessage = {partition: null, key: null, headers: [], body: null, timestamp: null, id: null};

function headersOf(message: OutgoingMessage): MsgHdrs {
  const all = natsHeaders();
  for (const {name, value} of message.headers)
    all.append(name, typeof value === 'string' ? value : JSON.stringify(value));
  return all;
}
