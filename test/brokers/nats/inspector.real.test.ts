import {AckPolicy, connect, RetentionPolicy} from 'nats';
import type {ConsumerConfig, JetStreamManager, NatsConnection, StreamConfig} from 'nats';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {natsDriver} from '../../../src/brokers/nats/driver.ts';
import type {Broker} from '../../../src/brokers/port.ts';
import {nameFilter} from '../../../src/model/name-filter.ts';
import {nats, uniqueName} from '../real.ts';
import {targetOf} from './target.ts';
import {waitingPull} from './waiting-pull.ts';

/* What the driver shows, against the server's own monitoring page and against states made by the client library. */

const signal = AbortSignal.timeout(110_000);
let link: NatsConnection;
let manager: JetStreamManager;
let broker: Broker;
const made: string[] = [];

beforeAll(async () => {
  const server = nats();
  link = await connect({servers: `127.0.0.1:${server.clientPort}`, user: 'app', pass: server.users.app});
  manager = await link.jetstreamManager();
  broker = await natsDriver.open(targetOf(server.url), {signal});
});
afterAll(async () => {
  await broker[Symbol.asyncDispose]();
  for (const name of made) await manager.streams.delete(name);
  await link.close();
});

async function makeStream(config: Partial<StreamConfig> = {}): Promise<string> {
  const name = uniqueName('inspect');
  await manager.streams.add({name, subjects: [`${name}.>`], ...config});
  made.push(name);
  return name;
}

async function addConsumer(stream: string, config: Partial<ConsumerConfig>): Promise<void> {
  await manager.consumers.add(stream, {ack_policy: AckPolicy.Explicit, ...config});
}

async function publish(subject: string, count: number): Promise<void> {
  for (let index = 0; index < count; index++) await link.jetstream().publish(subject, `m${index}`);
}

async function fetch(stream: string, consumer: string, count: number, expires = 2000) {
  const found = [];
  const readers = await link.jetstream().consumers.get(stream, consumer);
  for await (const message of await readers.fetch({max_messages: count, expires})) found.push(message);
  return found;
}

async function subscriptionsOf(stream: string) {
  const filter = {names: nameFilter([]), destinations: nameFilter([stream]), internal: false};
  return await broker.inspector.subscriptions(filter, signal);
}

/** The server's monitoring page: another way than the API, with its own code. */
async function monitored(stream: string) {
  const url = `${nats().monitorUrl}/jsz?accounts=true&streams=true&consumers=true&config=true`;
  const page = (await (await globalThis.fetch(url)).json()) as {
    account_details: {
      stream_detail?: {
        name: string;
        state: {messages: number; bytes: number; first_seq: number; last_seq: number};
        consumer_detail?: {name: string; num_pending: number; num_ack_pending: number; num_redelivered: number}[];
      }[];
    }[];
  };
  return page.account_details.flatMap(account => account.stream_detail ?? []).find(({name}) => name === stream);
}

test('depth and progress equal the monitoring page, cell by cell', async () => {
  const stream = await makeStream();
  await publish(`${stream}.a`, 7);
  await publish(`${stream}.b`, 5);
  await manager.streams.deleteMessage(stream, 1);
  await addConsumer(stream, {durable_name: 'all'});
  await addConsumer(stream, {durable_name: 'only-b', filter_subject: `${stream}.b`});
  const [first, second] = await fetch(stream, 'all', 3);
  await first?.ackAck();
  second?.nak();
  await fetch(stream, 'only-b', 2);
  const truth = await monitored(stream);

  const filter = {names: nameFilter([stream]), internal: false};
  const [found] = (await broker.inspector.destinations(filter, signal)).items;
  expect(found?.partitions.map(({depth, first, last}) => [depth.messages, depth.bytes, first, last])).toEqual([
    [truth?.state.messages, truth?.state.bytes, String(truth?.state.first_seq), String(truth?.state.last_seq)],
  ]);
  const {items} = await subscriptionsOf(stream);
  const lines = items.map(({name, progress: [line]}) => [name, line?.lag, line?.inFlight, line?.redelivered]);
  expect(lines).toEqual(
    truth?.consumer_detail
      ?.map(one => [one.name, one.num_pending, one.num_ack_pending, one.num_redelivered])
      .toSorted(([one], [other]) => (String(one) < String(other) ? -1 : 1)),
  );
  expect(lines.map(([name, lag]) => [name, lag])).toEqual([
    ['all', 8],
    ['only-b', 3],
  ]);
});

test('messages past max_deliver, which no counter of lag shows, are found and counted', async () => {
  const stream = await makeStream();
  await addConsumer(stream, {durable_name: 'worker', max_deliver: 2, ack_wait: 300 * 1e6});
  await publish(`${stream}.a`, 4);
  const settle = async () => {
    for (const message of await fetch(stream, 'worker', 4, 1000)) if (message.seq > 2) await message.ackAck();
  };
  const warning = async () => {
    await settle();
    const {items, warnings} = await subscriptionsOf(stream);
    const [line] = items[0]?.progress ?? [];
    return [line?.lag, line?.inFlight, warnings.find(({code}) => code === 'exhausted')?.message];
  };
  await expect
    .poll(warning, {timeout: 30_000})
    .toEqual([0, 0, expect.stringMatching(/at least 2 messages were delivered max_deliver \(2\) times/)]);
});

test('on a work queue they are found although max_deliver 1 leaves no sign', async () => {
  const stream = await makeStream({retention: RetentionPolicy.Workqueue});
  await addConsumer(stream, {durable_name: 'worker', max_deliver: 1, ack_wait: 300 * 1e6});
  await publish(`${stream}.a`, 3);
  for (const message of await fetch(stream, 'worker', 3)) if (message.seq === 2) await message.ackAck();
  const message = async () => {
    await fetch(stream, 'worker', 1, 1000);
    return (await subscriptionsOf(stream)).warnings.find(({code}) => code === 'exhausted')?.message;
  };
  await expect.poll(message, {timeout: 30_000}).toMatch(/at least 2 messages/);
  expect((await subscriptionsOf(stream)).items[0]?.progress[0]?.lag).toBe(0);
});

test('a consumer that waits for acknowledgements is stalled, one that is paused says so', async () => {
  const stream = await makeStream();
  await addConsumer(stream, {durable_name: 'full', max_ack_pending: 2});
  await addConsumer(stream, {durable_name: 'paused'});
  await manager.consumers.pause(stream, 'paused', new Date(Date.now() + 3_600_000));
  await publish(`${stream}.a`, 5);
  await fetch(stream, 'full', 2);
  const {items, warnings} = await subscriptionsOf(stream);
  expect(items.map(({name, brokerState}) => [name, brokerState])).toEqual([
    ['full', 'stalled'],
    ['paused', 'paused'],
  ]);
  expect(warnings.map(({code}) => code)).toEqual(['consumerStalled', 'consumerPaused']);
});

test('push and pull consumers, and who is behind them', async () => {
  const stream = await makeStream();
  await addConsumer(stream, {durable_name: 'pull'});
  await addConsumer(stream, {durable_name: 'push', deliver_subject: uniqueName('deliver')});
  const seen = async () => (await subscriptionsOf(stream)).items.map(({name, kind, members}) => [name, kind, members]);
  expect(await seen()).toEqual([
    ['pull', 'durable pull', 0],
    ['push', 'durable push', 0],
  ]);
  const deliver = (await manager.consumers.info(stream, 'push')).config.deliver_subject ?? '';
  const listener = link.subscribe(deliver, {callback: () => undefined});
  const stopWaiting = waitingPull(link, stream, 'pull');
  await expect.poll(seen, {timeout: 10_000}).toEqual([
    ['pull', 'durable pull', 1],
    ['push', 'durable push', 1],
  ]);
  stopWaiting();
  listener.unsubscribe();
});

test('a stream that keeps the advisories of a consumer is its dead-letter destination', async () => {
  const source = await makeStream();
  const name = uniqueName('advisories');
  await manager.streams.add({name, subjects: [`$JS.EVENT.ADVISORY.CONSUMER.MAX_DELIVERIES.${source}.worker`]});
  made.push(name);
  const {items} = await broker.inspector.deadLetters(signal);
  expect(items.find(({destination}) => destination === name)).toMatchObject({source, subscription: 'worker'});
});

test('a list longer than a page is whole', async () => {
  const stem = uniqueName('many');
  const names = Array.from({length: 300}, (_, index) => `${stem}-${String(index).padStart(3, '0')}`);
  await Promise.all(names.map(name => manager.streams.add({name, subjects: [name]})));
  made.push(...names);
  const filter = {names: nameFilter([`${stem}-*`]), internal: false};
  const {items} = await broker.inspector.destinations(filter, signal);
  expect(items.map(({name}) => name)).toEqual(names);
});
