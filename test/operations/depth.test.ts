import {writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {Failure} from '../../src/model/failure.ts';
import type {Context} from '../../src/operations/context.ts';
import {depth, type DepthIntent} from '../../src/operations/depth.ts';
import {fill, signal, smallBroker} from './small-broker.ts';

const asked: DepthIntent = {destinations: [], by: 'destination', internal: false, age: false};

const ask = (contexts: readonly Context[], intent: Partial<DepthIntent> = {}) =>
  depth(contexts, {...asked, ...intent}, signal);

test('a row per destination sums its partitions', async () => {
  await using broker = await smallBroker();
  await fill(broker.store);
  const {rows, warnings, failures} = await ask([broker.context]);
  expect(rows.map(row => [row.destination, row.kind, row.partitions, row.messages])).toEqual([
    ['empty', 'topic', 1, 0],
    ['orders', 'topic', 3, 15],
    ['payments', 'queue', 1, 3],
  ]);
  expect({warnings, failures}).toEqual({warnings: [], failures: []});
});

test('internal destinations are listed when asked for, or named in full', async () => {
  await using broker = await smallBroker();
  await fill(broker.store);
  const names = async (intent: Partial<DepthIntent>) =>
    (await ask([broker.context], intent)).rows.map(row => row.destination);
  expect(await names({internal: true})).toContain('__offsets');
  expect(await names({destinations: ['__offsets']})).toEqual(['__offsets']);
});

test('rows by partition, and one partition by its name', async () => {
  await using broker = await smallBroker();
  await fill(broker.store);
  const by = await ask([broker.context], {destinations: ['orders'], by: 'partition'});
  expect(by.rows.map(row => [row.partition, row.messages, row.firstPosition, row.lastPosition])).toEqual([
    ['0', 4, '0', '3'],
    ['1', 5, '0', '4'],
    ['2', 6, '0', '5'],
  ]);
  const one = await ask([broker.context], {destinations: ['orders:1', 'payments']});
  expect(one.rows.map(row => [row.destination, row.partition, row.messages])).toEqual([
    ['orders', '1', 5],
    ['payments', null, 3],
  ]);
});

test('a destination whose name ends like a partition is found by its full name', async () => {
  await using broker = await smallBroker();
  await fill(broker.store);
  await broker.store.createDestination({name: 'orders:1'});
  const {rows} = await ask([broker.context], {destinations: ['orders:1']});
  expect(rows.map(row => [row.destination, row.messages])).toEqual([['orders:1', 0]]);
});

test('a name that is not there is a failure, a pattern that matches nothing a warning', async () => {
  await using broker = await smallBroker();
  await fill(broker.store);
  const missing = await ask([broker.context], {destinations: ['orders', 'nope']});
  expect(missing.rows.map(row => row.destination)).toEqual(['orders']);
  expect(missing.failures.map(({kind, message}) => [kind, message])).toEqual([
    ['notFound', 'There is no destination "nope" on test'],
  ]);
  const none = await ask([broker.context], {destinations: ['no*']});
  expect([none.rows, none.failures]).toEqual([[], []]);
  expect(none.warnings).toEqual([{code: 'noMatch', context: 'test', message: 'No destination matches no* on test'}]);
  const partition = await ask([broker.context], {destinations: ['orders:7']});
  expect(partition.failures.map(({kind}) => kind)).toEqual(['notFound']);
});

test('of several contexts, one that lacks a name is a warning and one that fails is a failure', async () => {
  await using one = await smallBroker('one');
  await using two = await smallBroker('two');
  await using broken = await smallBroker('broken');
  await fill(one.store);
  const {inspector} = broken.context.broker;
  const destinations = () => Promise.reject(new Failure('unreachable', 'The connection is gone'));
  const gone = {name: 'broken', broker: {...broken.context.broker, inspector: {...inspector, destinations}}};
  const both = await ask([one.context, two.context], {destinations: ['orders']});
  expect(both.rows.map(row => [row.context, row.messages])).toEqual([['one', 15]]);
  expect(both.warnings).toEqual([
    {code: 'noMatch', context: 'two', message: 'There is no destination "orders" on two'},
  ]);
  expect(both.failures).toEqual([]);
  const all = await ask([one.context, gone], {destinations: ['orders']});
  expect(all.rows.map(row => [row.context, row.messages])).toEqual([['one', 15]]);
  expect(all.failures.map(({kind, context}) => [kind, context])).toEqual([['unreachable', 'broken']]);
});

test('a sum over a partition that cannot be read is unknown, and says which', async () => {
  await using broker = await smallBroker();
  await fill(broker.store);
  await writeFile(join(broker.folder, 'destinations', 'orders', '1', 'state.json'), 'not JSON');
  const {rows, warnings} = await ask([broker.context], {destinations: ['orders']});
  expect(rows.map(row => [row.messages, row.bytes])).toEqual([[null, null]]);
  expect(rows[0]?.problem).toBeTruthy();
  expect(warnings.filter(({code}) => code === 'unread').map(({message}) => message)).toEqual([
    expect.stringMatching(/^orders:1: /),
  ]);
  const parts = await ask([broker.context], {destinations: ['orders'], by: 'partition'});
  expect(parts.rows.map(row => row.messages)).toEqual([4, null, 6]);
});

test('ages are asked for apart', async () => {
  await using broker = await smallBroker();
  await fill(broker.store);
  const without = await ask([broker.context], {destinations: ['orders']});
  expect(without.rows[0]?.oldestAgeSeconds).toBeNull();
  const {rows} = await ask([broker.context], {destinations: ['orders', 'empty'], age: true});
  expect(rows.map(row => row.oldestAgeSeconds)).toEqual([0, expect.any(Number)]);
});
