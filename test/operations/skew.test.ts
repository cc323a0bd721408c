import {expect, test} from 'vitest';
import {none} from '../../src/brokers/capabilities.ts';
import type {Inspector} from '../../src/brokers/port.ts';
import type {OutgoingMessage} from '../../src/model/message.ts';
import type {SkewRow} from '../../src/model/rows/skew.ts';
import type {Context} from '../../src/operations/context.ts';
import {skew, type SkewIntent} from '../../src/operations/skew.ts';
import {bodies, message, signal, smallBroker, type SmallBroker} from './small-broker.ts';

const asked: SkewIntent = {destinations: [], by: 'messages', internal: false, overMs: 20, sample: 10_000};

const ask = (context: Context, intent: Partial<SkewIntent> = {}) => skew([context], {...asked, ...intent}, signal);

async function only(context: Context, intent: Partial<SkewIntent>): Promise<SkewRow> {
  const {rows, failures} = await ask(context, intent);
  expect(failures).toEqual([]);
  expect(rows).toHaveLength(1);
  const [row] = rows;
  if (!row) throw new Error('no row');
  return row;
}

/** `orders` with as many messages in each partition as given. */
async function withOrders(counts: readonly number[]): Promise<SmallBroker> {
  const broker = await smallBroker();
  await broker.store.createDestination({name: 'orders', partitions: counts.length});
  for (const [partition, count] of counts.entries())
    if (count > 0) await broker.store.append('orders', String(partition), bodies(count));
  return broker;
}

function keyed(count: number, key: string | ((index: number) => string)): OutgoingMessage[] {
  return Array.from({length: count}, (_, index) =>
    message('m', {key: Buffer.from(typeof key === 'string' ? key : key(index))}),
  );
}

/** The same broker with another inspector. */
function inspecting({name, broker}: Context, change: (own: Inspector) => Partial<Inspector>): Context {
  return {name, broker: {...broker, inspector: {...broker.inspector, ...change(broker.inspector)}}};
}

test('a hot partition, an even topic, few messages, and what is not partitioned', async () => {
  await using broker = await withOrders([100, 500, 100]);
  await withOthers(broker);
  const {rows} = await ask(broker.context);
  expect(rows.map(row => [row.destination, row.verdict, row.maxPartition, row.partitions])).toEqual([
    ['even', 'ok', '0', 2],
    ['few', 'too-few', '0', 2],
    ['mail', 'not-partitioned', null, 1],
    ['orders', 'skewed', '1', 3],
  ]);
  expect(rows[3]).toMatchObject({total: 700, mean: 700 / 3, max: 500, causes: [], exact: true, subscription: null});
  expect(rows[3]?.values).toEqual([
    {partition: '0', member: null, value: 100},
    {partition: '1', member: null, value: 500},
    {partition: '2', member: null, value: 100},
  ]);
});

async function withOthers({store}: SmallBroker): Promise<void> {
  await store.createDestination({name: 'even', partitions: 2});
  for (const partition of ['0', '1']) await store.append('even', partition, bodies(50));
  await store.createDestination({name: 'few', partitions: 2});
  await store.append('few', '0', bodies(20));
  await store.createDestination({name: 'mail', kind: 'queue'});
  await store.append('mail', null, bodies(3));
}

test('a partition that gets nothing is skewed and named', async () => {
  await using broker = await withOrders([300, 300, 300, 300, 0]);
  const row = await only(broker.context, {destinations: ['orders']});
  expect(row).toMatchObject({verdict: 'skewed', causes: [{code: 'empty-partitions'}]});
  expect(row.causes[0]?.message).toMatch(/^partition 4: nothing/);
});

test('larger messages are told apart from more messages', async () => {
  await using broker = await withOrders([0, 200]);
  await broker.store.append('orders', '0', bodies(200, 'x'.repeat(2000)));
  expect(await only(broker.context, {destinations: ['orders']})).toMatchObject({verdict: 'ok'});
  const row = await only(broker.context, {destinations: ['orders'], by: 'bytes'});
  expect(row).toMatchObject({verdict: 'skewed', maxPartition: '0', causes: [{code: 'large-messages'}]});
});

test('a partition that could not be measured is unknown, with the reason, and never ok', async () => {
  await using broker = await withOrders([100, 100]);
  const context = inspecting(broker.context, own => ({
    destinations: async (filter, stop) => {
      const {items, warnings} = await own.destinations(filter, stop);
      const unread = {messages: null, ready: null, inFlight: null, scheduled: null, bytes: null};
      return {
        warnings,
        items: items.map(item => ({
          ...item,
          partitions: item.partitions.map((one, index) =>
            index === 1 ? {...one, depth: {...one.depth, ...unread}, problem: 'it has no leader'} : one,
          ),
        })),
      };
    },
  }));
  for (const by of ['messages', 'bytes', 'rate'] as const) {
    const {rows, warnings} = await ask(context, {by});
    expect(rows).toMatchObject([{verdict: 'unknown', total: null, max: null, problem: 'it has no leader'}]);
    expect(warnings).toMatchObject([{code: 'unread', message: 'orders:1: it has no leader'}]);
  }
});

test('rate counts what came between two looks, retention or not', async () => {
  await using broker = await withOrders([10, 10]);
  let looks = 0;
  const context = inspecting(broker.context, own => ({
    destinations: async (filter, stop) => {
      const listing = await own.destinations(filter, stop);
      if (looks++ === 0) {
        await broker.store.append('orders', '0', bodies(400));
        await broker.store.append('orders', '1', bodies(40));
      }
      return listing;
    },
  }));
  const row = await only(context, {destinations: ['orders'], by: 'rate'});
  expect(row).toMatchObject({by: 'rate', verdict: 'skewed', maxPartition: '0'});
  // The figures of both partitions are of the same two moments, near enough.
  expect(row.ratio).toBeGreaterThan(1.6);
  const quiet = await only(broker.context, {destinations: ['orders'], by: 'rate'});
  expect(quiet).toMatchObject({total: 0, ratio: null, verdict: 'too-few'});
});

const cursors = (...at: number[]) => at.map((cursor, index) => ({partition: String(index), cursor}));

test('lag: that of the partition with the most messages, and that of a slow reader', async () => {
  await using broker = await withOrders([500, 100, 100]);
  await broker.store.createSubscription({name: 'all'});
  await broker.store.setCursors('all', 'orders', cursors(0, 0, 0));
  await broker.store.createSubscription({name: 'done'});
  await broker.store.setCursors('done', 'orders', cursors(500, 100, 100));
  await broker.store.createSubscription({name: 'slow'});
  await broker.store.setCursors('slow', 'orders', cursors(500, 100, 0));
  const {rows} = await ask(broker.context, {by: 'lag', destinations: ['orders']});
  expect(rows.map(row => [row.subscription, row.verdict, row.maxPartition, row.causes.map(({code}) => code)])).toEqual([
    ['all', 'skewed', '0', ['traffic']],
    ['done', 'ok', null, []],
    ['slow', 'skewed', '2', ['reader']],
  ]);
});

test('members: even, uneven, idle, nobody, and names that do not tell', async () => {
  await using broker = await withOrders([10, 10, 10, 10]);
  const assigned = (...members: (string | null)[]) =>
    members.map((member, index) => ({partition: String(index), cursor: 10, ...(member !== null && {member})}));
  const subscribe = async (name: string, members: string[], lines: ReturnType<typeof assigned>) => {
    await broker.store.createSubscription({name, members});
    await broker.store.setCursors(name, 'orders', lines);
  };
  await subscribe('a-even', ['one', 'two'], assigned('one', 'two', 'one', 'two'));
  await subscribe('b-uneven', ['one', 'two'], assigned('one', 'one', 'one', 'one'));
  await subscribe('c-idle', ['1', '2', '3', '4', '5'], assigned('1', '2', '3', '4'));
  await subscribe('d-nobody', [], assigned(null, null, null, null));
  await subscribe('e-unread', ['one', 'two'], assigned('one', 'two', null, 'one'));
  const {rows} = await ask(broker.context, {by: 'consumers'});
  expect(rows.map(row => [row.subscription, row.verdict, row.causes.map(({code}) => code)])).toEqual([
    ['a-even', 'ok', []],
    ['b-uneven', 'unknown', []],
    ['c-idle', 'ok', ['idle-members']],
    ['d-nobody', 'unknown', []],
    ['e-unread', 'skewed', ['unassigned']],
  ]);
  expect(rows[1]?.problem).toContain('2 members are connected under 1 names');
  expect(rows[2]?.members).toHaveLength(5);
  expect(rows[3]).toMatchObject({members: null, problem: 'nobody is connected'});
});

test('members: one that has most of the partitions, and one that is behind', async () => {
  await using broker = await withOrders([100, 100, 100, 100, 100, 100]);
  const {store} = broker;
  const lines = (cursorOf: (index: number) => number, memberOf: (index: number) => string) =>
    [0, 1, 2, 3, 4, 5].map(index => ({partition: String(index), cursor: cursorOf(index), member: memberOf(index)}));
  await store.createSubscription({name: 'most', members: ['one', 'two']});
  await store.setCursors(
    'most',
    'orders',
    lines(
      () => 100,
      index => (index < 5 ? 'one' : 'two'),
    ),
  );
  await store.createSubscription({name: 'slow', members: ['one', 'two']});
  await store.setCursors(
    'slow',
    'orders',
    lines(
      index => (index % 2 === 0 ? 0 : 100),
      index => ['one', 'two'][index % 2] ?? '',
    ),
  );
  const {rows} = await ask(broker.context, {by: 'consumers'});
  expect(rows.map(row => [row.subscription, row.verdict, row.causes.map(({code}) => code)])).toEqual([
    ['most', 'skewed', ['assignment']],
    ['slow', 'skewed', ['member-behind']],
  ]);
  expect(rows[0]).toMatchObject({max: 5, mean: 3, maxPartition: null, destination: 'orders'});
});

test('a hot key: its share, its partition, and that more partitions do not help', async () => {
  await using broker = await withOrders([0, 0, 0]);
  const {store} = broker;
  await store.append(
    'orders',
    '0',
    keyed(100, index => `a-${index}`),
  );
  await store.append('orders', '1', [...keyed(400, 'hot'), ...keyed(100, index => `b-${index}`)]);
  await store.append(
    'orders',
    '2',
    keyed(100, index => `c-${index}`),
  );
  const row = await only(broker.context, {destinations: ['orders'], by: 'keys'});
  expect(row).toMatchObject({
    verdict: 'skewed',
    morePartitionsHelp: false,
    total: 700,
    maxPartition: '1',
    problem: null,
  });
  expect(row.causes.map(({code}) => code)).toEqual(['hot-key']);
  expect(row.keys?.[0]).toEqual({
    key: 'hot',
    keyEncoding: 'utf8',
    count: 400,
    errorBound: 0,
    share: 400 / 700,
    partitions: ['1'],
  });
  expect(row.keys).toHaveLength(10);
});

test('a sample takes of each partition in proportion to what it holds', async () => {
  await using broker = await withOrders([0, 0]);
  await broker.store.append('orders', '0', keyed(900, 'hot'));
  await broker.store.append(
    'orders',
    '1',
    keyed(100, index => `b-${index}`),
  );
  const row = await only(broker.context, {destinations: ['orders'], by: 'keys', sample: 200});
  expect(row.values.map(({value}) => value)).toEqual([180, 20]);
  expect(row.method).toBe('newest 200 of 1000 messages');
  // They are the newest.
  expect(row.keys?.map(({key}) => key)).toEqual(expect.arrayContaining(['hot', 'b-80']));
  expect(row.keys?.map(({key}) => key)).not.toContain('b-79');
});

test('several keys in one partition, and messages without a key', async () => {
  await using broker = await withOrders([50, 400, 50]);
  const {store} = broker;
  await store.createDestination({name: 'keyed', partitions: 3});
  await store.append(
    'keyed',
    '0',
    keyed(600, index => `key-${index % 40}`),
  );
  for (const partition of ['1', '2']) await store.append('keyed', partition, keyed(50, `other-${partition}`));
  const {rows} = await ask(broker.context, {by: 'keys'});
  expect(rows.map(row => [row.destination, row.verdict, row.causes[0]?.code, row.morePartitionsHelp])).toEqual([
    ['keyed', 'skewed', 'uneven-keys', true],
    ['orders', 'skewed', 'keyless', null],
  ]);
});

test('keys on two partitions: moved at one moment, or by turns', async () => {
  await using broker = await smallBroker();
  const {store} = broker;
  const timed = (keys: readonly string[], from: number) =>
    keys.map((key, index) =>
      message('m', {key: Buffer.from(key), timestamp: new Date(1_700_000_000_000 + (from + index) * 1000)}),
    );
  const names = ['k1', 'k2', 'k3', 'k1', 'k2', 'k3'];
  await store.createDestination({name: 'grown', partitions: 2});
  await store.append('grown', '0', timed(names, 0), ({timestamp}) => timestamp ?? new Date());
  await store.append('grown', '1', timed(names, 100), ({timestamp}) => timestamp ?? new Date());
  await store.createDestination({name: 'mixed', partitions: 2});
  await store.append('mixed', '0', timed(names, 0), ({timestamp}) => timestamp ?? new Date());
  await store.append('mixed', '1', timed(names, 2), ({timestamp}) => timestamp ?? new Date());
  const {rows} = await ask(broker.context, {by: 'keys'});
  expect(rows.map(row => [row.destination, row.verdict, row.causes.map(({code}) => code)])).toEqual([
    ['grown', 'ok', ['partitions-changed']],
    ['mixed', 'ok', ['mixed-partitioners']],
  ]);
  expect(rows[0]?.keys?.[0]?.partitions).toEqual(['0', '1']);
});

/** A broker that does not tell how much it holds. */
function secretive(context: Context): Context {
  return inspecting(context, own => ({
    describe: async (name, stop) => {
      const described = await own.describe(name, stop);
      const {destination} = described;
      const partitions = destination.partitions.map(one => ({...one, depth: {...one.depth, messages: null}}));
      return {...described, destination: {...destination, partitions}};
    },
  }));
}

test('where holdings are not known, the last minutes are read; a sample that ended early is not judged', async () => {
  await using broker = await withOrders([0, 0]);
  await broker.store.append('orders', '0', keyed(400, 'hot'));
  await broker.store.append(
    'orders',
    '1',
    keyed(100, index => `b-${index}`),
  );
  const context = secretive(broker.context);
  const whole = await only(context, {destinations: ['orders'], by: 'keys'});
  expect(whole).toMatchObject({method: 'messages of the last 5 minutes', total: 500, verdict: 'skewed', exact: true});
  const cut = await only(context, {destinations: ['orders'], by: 'keys', sample: 50});
  expect(cut).toMatchObject({total: 50, verdict: 'unknown', exact: false, causes: []});
  expect(cut.problem).toContain('--sample');
});

test('what cannot be read without taking is refused with the reason, and nothing is read', async () => {
  await using broker = await withOrders([10, 10]);
  const context = inspecting(broker.context, own => ({
    describe: async (name, stop) => {
      const described = await own.describe(name, stop);
      return {...described, capabilities: {...described.capabilities, 'read.range': none('it can only be taken from')}};
    },
  }));
  const {rows, failures} = await ask(context, {destinations: ['orders'], by: 'keys'});
  expect(rows).toEqual([]);
  expect(failures).toMatchObject([{kind: 'unsupported', broker: 'it can only be taken from', context: 'test'}]);
});

test('an empty topic, a name that is not there, and one partition of a topic', async () => {
  await using broker = await withOrders([0, 0]);
  const empty = await only(broker.context, {destinations: ['orders'], by: 'keys'});
  expect(empty).toMatchObject({total: 0, verdict: 'too-few', keys: []});
  for (const by of ['messages', 'keys'] as const) {
    const part = await ask(broker.context, {destinations: ['orders:1'], by});
    expect(part).toMatchObject({rows: [], failures: [{kind: 'usage'}]});
  }
  const missing = await ask(broker.context, {destinations: ['nope']});
  expect(missing.failures).toMatchObject([{kind: 'notFound', message: 'There is no destination "nope" on test'}]);
});
