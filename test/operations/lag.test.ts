import {expect, test} from 'vitest';
import type {Context} from '../../src/operations/context.ts';
import {lag, type LagIntent} from '../../src/operations/lag.ts';
import {bodies, fill, message, signal, smallBroker, type SmallBroker} from './small-broker.ts';

const asked: LagIntent = {
  subscriptions: [],
  destinations: [],
  by: 'subscription',
  internal: false,
  age: false,
  overMs: null,
};

const ask = (contexts: readonly Context[], intent: Partial<LagIntent> = {}) =>
  lag(contexts, {...asked, ...intent}, signal);

const cursorsAt = (cursor: number) => ['0', '1', '2'].map(partition => ({partition, cursor}));

async function subscribed(): Promise<SmallBroker> {
  const broker = await smallBroker();
  await fill(broker.store);
  await broker.store.createSubscription({name: 'billing', members: ['one', 'two']});
  await broker.store.setCursors('billing', 'orders', cursorsAt(2));
  await broker.store.createSubscription({name: 'audit'});
  await broker.store.setCursors('audit', 'orders', [{partition: '0', cursor: 4}]);
  await broker.store.setCursors('audit', 'empty', [{partition: '0', cursor: 0}]);
  return broker;
}

test('a row per subscription, the queue being its own', async () => {
  await using broker = await subscribed();
  const {rows} = await ask([broker.context]);
  expect(rows.map(row => [row.subscription, row.destination, row.lag, row.members, row.state])).toEqual([
    ['audit', null, 11, 0, 'no-cursor'],
    ['billing', 'orders', 9, 2, 'unknown'],
    ['payments', 'payments', 3, 0, 'no-members'],
  ]);
});

test('rows by destination and by partition are keyed by all three names', async () => {
  await using broker = await subscribed();
  const byDestination = await ask([broker.context], {subscriptions: ['audit'], by: 'destination'});
  expect(byDestination.rows.map(row => [row.destination, row.lag])).toEqual([
    ['empty', 0],
    ['orders', 11],
  ]);
  const byPartition = await ask([broker.context], {
    subscriptions: ['audit'],
    destinations: ['orders'],
    by: 'partition',
  });
  expect(byPartition.rows.map(row => [row.partition, row.position, row.end, row.lag, row.state])).toEqual([
    ['0', '4', '4', 0, 'idle'],
    ['1', null, '5', 5, 'no-cursor'],
    ['2', null, '6', 6, 'no-cursor'],
  ]);
});

test('only one partition of one destination', async () => {
  await using broker = await subscribed();
  const {rows} = await ask([broker.context], {destinations: ['orders:2'], subscriptions: ['billing']});
  expect(rows.map(row => [row.partition, row.lag])).toEqual([['2', 4]]);
});

test('names that match nothing', async () => {
  await using broker = await subscribed();
  const missing = await ask([broker.context], {subscriptions: ['nope']});
  expect(missing.failures.map(({kind, message: said}) => [kind, said])).toEqual([
    ['notFound', 'There is no subscription "nope" on test'],
  ]);
  const pattern = await ask([broker.context], {subscriptions: ['no*']});
  expect([pattern.rows, pattern.failures, pattern.warnings.map(({code}) => code)]).toEqual([[], [], ['noMatch']]);
  const elsewhere = await ask([broker.context], {subscriptions: ['billing'], destinations: ['empty']});
  expect(elsewhere.failures.map(({message: said}) => said)).toEqual([
    'There is no subscription "billing" with progress in empty on test',
  ]);
});

test('the age of the first unread message, the oldest of all partitions', async () => {
  await using broker = await subscribed();
  const {store} = broker;
  await store.createDestination({name: 'aged'});
  const at = (secondsAgo: number) => message('m', {timestamp: new Date(Date.now() - secondsAgo * 1000)});
  await store.append('aged', '0', [at(300), at(200), at(100)], ({timestamp}) => timestamp ?? new Date());
  await store.setCursors('billing', 'aged', [{partition: '0', cursor: 1}]);
  const {rows} = await ask([broker.context], {subscriptions: ['billing'], destinations: ['aged'], age: true});
  expect(rows[0]?.lagSeconds).toBeGreaterThanOrEqual(199);
  expect(rows[0]?.lagSeconds).toBeLessThan(300);
});

/** The same broker, in which something happens between the first look and the second. */
function changing({name, broker}: Context, change: () => Promise<void>): Context {
  const {inspector} = broker;
  let looks = 0;
  const subscriptions: typeof inspector.subscriptions = async (filter, stop) => {
    const listing = await inspector.subscriptions(filter, stop);
    if (looks++ === 0) await change();
    return listing;
  };
  return {name, broker: {...broker, inspector: {...inspector, subscriptions}}};
}

test('two looks tell who reads, who stands still, and at what rate', async () => {
  await using broker = await subscribed();
  const {store} = broker;
  await store.createSubscription({name: 'stuck', members: ['one']});
  await store.setCursors('stuck', 'orders', cursorsAt(1));
  const context = changing(broker.context, async () => {
    await store.setCursors('billing', 'orders', cursorsAt(4));
    await store.append('orders', '2', bodies(1));
  });
  const {rows} = await ask([context], {destinations: ['orders'], overMs: 100});
  const of = (name: string) => rows.find(row => row.subscription === name);
  expect(of('billing')).toMatchObject({lag: 4, state: 'catching-up'});
  // Six were read while one was added; the figures of each partition have times of their own.
  const {readPerSecond, addedPerSecond} = of('billing') ?? {};
  expect(addedPerSecond).toBeGreaterThan(0);
  expect(readPerSecond).toBeGreaterThan(addedPerSecond ?? 0);
  expect(of('billing')?.drainInSeconds).toBeGreaterThan(0);
  expect(of('stuck')).toMatchObject({lag: 13, state: 'stalled', readPerSecond: 0, drainInSeconds: null});
});

test('what retention took before it was read is lost, and not lag', async () => {
  await using broker = await smallBroker();
  const {store, context} = broker;
  await store.createDestination({name: 'short', retention: {messages: 3}});
  await store.append('short', '0', bodies(10));
  await store.createSubscription({name: 'slow', members: ['one']});
  await store.setCursors('slow', 'short', [{partition: '0', cursor: 2}]);
  await store.applyRetention('short', new Date());
  const [row] = (await ask([context])).rows;
  const [held] = (
    await context.broker.inspector.destinations({names: {matches: () => true, exact: null}, internal: false}, signal)
  ).items;
  expect(row?.lag).toBe(held?.partitions[0]?.depth.messages);
  expect((row?.lag ?? 0) + (row?.lost ?? 0)).toBe(8);
  expect(row?.lost).toBeGreaterThan(0);
  expect(row?.state).toBe('lost');
});

test('an interrupted wait ends at once', async () => {
  await using broker = await subscribed();
  const controller = new AbortController();
  const looking = lag([broker.context], {...asked, overMs: 3_600_000}, controller.signal);
  setTimeout(() => controller.abort(), 50);
  await expect(looking).rejects.toMatchObject({kind: 'interrupted'});
});
