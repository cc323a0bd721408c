import {expect, test} from 'vitest';
import {none} from '../../src/brokers/capabilities.ts';
import type {Taker} from '../../src/brokers/port.ts';
import type {Context} from '../../src/operations/context.ts';
import {peek, type PeekIntent} from '../../src/operations/peek.ts';
import {collect, fill, message, signal, smallBroker, type SmallBroker, text} from './small-broker.ts';

const asked: PeekIntent = {
  destinations: ['orders'],
  partitions: [],
  from: null,
  until: null,
  key: null,
  headers: [],
  subscription: null,
  limit: 10,
  internal: false,
};

async function look(context: Context, intent: Partial<PeekIntent> = {}) {
  const report = await peek([context], {...asked, ...intent}, signal);
  const before = [...report.warnings];
  const rows = await collect(report.rows);
  return {rows, before, warnings: report.warnings, failures: report.failures};
}

const places = (rows: readonly {partition: string | null; position: string | null}[]) =>
  rows.map(({partition, position}) => `${partition}:${position}`).sort();

async function filled(): Promise<SmallBroker> {
  const broker = await smallBroker();
  await fill(broker.store);
  return broker;
}

test('the oldest messages, some of every partition', async () => {
  await using broker = await filled();
  const {rows, failures, warnings} = await look(broker.context, {limit: 6});
  expect(places(rows)).toEqual(['0:0', '0:1', '1:0', '1:1', '2:0', '2:1']);
  expect({failures, warnings}).toEqual({failures: [], warnings: []});
});

test('all that is asked for when there is less than the limit', async () => {
  await using broker = await filled();
  expect((await look(broker.context, {limit: 100})).rows).toHaveLength(15);
  expect((await look(broker.context, {limit: 100, destinations: ['orders:1']})).rows).toHaveLength(5);
  expect((await look(broker.context, {limit: 100, partitions: ['0', '2']})).rows).toHaveLength(10);
});

test('a range between positions', async () => {
  await using broker = await filled();
  const {rows} = await look(broker.context, {
    destinations: ['orders:2'],
    from: {at: 'offset', offset: 1n},
    until: {at: 'offset', offset: 4n},
  });
  expect(places(rows)).toEqual(['2:1', '2:2', '2:3']);
  const newest = await look(broker.context, {from: {at: 'shift', by: -1n}});
  expect(places(newest.rows)).toEqual(['0:3', '1:4', '2:5']);
});

test('where a subscription will go on', async () => {
  await using broker = await filled();
  await broker.store.createSubscription({name: 'billing'});
  await broker.store.setCursors('billing', 'orders', [
    {partition: '0', cursor: 3},
    {partition: '1', cursor: 5},
    {partition: '2'},
  ]);
  const {rows, before} = await look(broker.context, {subscription: 'billing', limit: 100});
  expect(places(rows)).toEqual(['0:3', '2:0', '2:1', '2:2', '2:3', '2:4', '2:5']);
  expect(before.map(({code}) => code)).toEqual(['noCursor']);
});

test('by key and by header', async () => {
  await using broker = await filled();
  const {store, context} = broker;
  await store.createDestination({name: 'keyed', partitions: 2});
  await store.append('keyed', '0', [
    message('1', {key: Buffer.from('a'), headers: [text('kind', 'x'), text('kind', 'y')]}),
    message('2', {key: Buffer.from('b'), headers: [text('kind', 'y')]}),
    message('3'),
  ]);
  const bodiesOf = async (intent: Partial<PeekIntent>) =>
    (await look(context, {destinations: ['keyed'], ...intent})).rows.map(({body}) => body);
  expect(await bodiesOf({key: 'a'})).toEqual(['1']);
  expect(await bodiesOf({headers: ['kind=y']})).toEqual(['1', '2']);
  expect(await bodiesOf({headers: ['kind=y', 'kind=x']})).toEqual(['1']);
  expect(await bodiesOf({key: 'c'})).toEqual([]);
  await expect(look(context, {headers: ['kind']})).rejects.toMatchObject({kind: 'usage'});
});

test('what is not there ends it before anything is read', async () => {
  await using broker = await filled();
  await expect(look(broker.context, {destinations: ['nope']})).rejects.toMatchObject({kind: 'notFound'});
  await expect(look(broker.context, {destinations: ['orders:9']})).rejects.toMatchObject({kind: 'notFound'});
  await expect(look(broker.context, {partitions: ['9']})).rejects.toMatchObject({kind: 'notFound'});
  await expect(look(broker.context, {subscription: 'nope'})).rejects.toMatchObject({kind: 'notFound'});
});

/** The broker as one whose queues can only be taken from, and whose returns cost a delivery. */
function takeOnly({name, broker}: Context, returnsLeft: number | null): Context {
  const {taker} = broker;
  if (!taker) throw new TypeError('the file broker takes');
  const because = none('a queue has no places');
  const counting: Taker = {
    ...taker,
    take: async function* (destination, limits, stop) {
      for await (const deliveries of taker.take(destination, limits, stop))
        yield deliveries.map(delivery => ({...delivery, returnsLeft}));
    },
  };
  return {
    name,
    broker: {
      ...broker,
      taker: counting,
      inspector: {
        ...broker.inspector,
        describe: async (destination, stop) => {
          const description = await broker.inspector.describe(destination, stop);
          const {capabilities} = description;
          const cost = {level: 'emulated', caveat: 'each look counts as a delivery'} as const;
          return {...description, capabilities: {...capabilities, 'read.range': because, 'settle.return': cost}};
        },
      },
    },
  };
}

const depthOf = async ({context}: SmallBroker, destination: string) => {
  const names = {matches: (other: string) => other === destination, exact: [destination]};
  const {items} = await context.broker.inspector.destinations({names, internal: true}, signal);
  const {ready, inFlight} = items[0]?.partitions[0]?.depth ?? {};
  return {ready, inFlight};
};

test('a queue that can only be taken from is looked at and left as it was, the cost said before', async () => {
  await using broker = await filled();
  const {rows, before, failures} = await look(takeOnly(broker.context, null), {destinations: ['payments'], limit: 2});
  expect(rows.map(({body}) => body)).toEqual(['message 0', 'message 1']);
  expect(before.map(({code}) => code)).toEqual(['taken', 'emulated']);
  expect(failures).toEqual([]);
  expect(await depthOf(broker, 'payments')).toEqual({ready: 3, inFlight: 0});
  const again = await look(takeOnly(broker.context, null), {destinations: ['payments']});
  expect(again.rows.map(({body}) => body)).toEqual(['message 0', 'message 1', 'message 2']);
});

test('it stops before the looks use up what consumers need', async () => {
  await using broker = await filled();
  const {failures} = await look(takeOnly(broker.context, 2), {destinations: ['payments'], limit: 3});
  expect(failures.map(({kind}) => kind)).toEqual(['unsupported']);
  expect(await depthOf(broker, 'payments')).toEqual({ready: 3, inFlight: 0});
});

test('a place in such a queue is refused with its reason', async () => {
  await using broker = await filled();
  const context = takeOnly(broker.context, null);
  await expect(look(context, {destinations: ['payments'], from: {at: 'latest'}})).rejects.toMatchObject({
    kind: 'unsupported',
    broker: 'a queue has no places',
  });
});

test('a look that is left early returns what it took', async () => {
  await using broker = await filled();
  const report = await peek([takeOnly(broker.context, null)], {...asked, destinations: ['payments']}, signal);
  for await (const _ of report.rows) break;
  expect(await depthOf(broker, 'payments')).toEqual({ready: 3, inFlight: 0});
});
