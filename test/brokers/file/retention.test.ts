import {readdir} from 'node:fs/promises';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {FileStore, type NewDestination} from '../../../src/brokers/file/store.ts';
import {everything} from '../../../src/model/name-filter.ts';
import {depthOf, message, readTexts, signal} from '../../conformance/situation.ts';
import {openFolder, temporaryFolder} from './folder-harness.ts';

const now = new Date('2026-11-24T12:00:00Z');
const hoursAgo = (hours: number) => new Date(now.getTime() - hours * 3_600_000);

async function filled(options: Omit<NewDestination, 'name'>, count: number) {
  const folder = await temporaryFolder();
  const store = await FileStore.create(folder.path);
  await store.createDestination({name: 't', ...options});
  for (let index = 0; index < count; index++) {
    await store.append('t', '0', [message(`m${index}`, {timestamp: hoursAgo(count - index)})]);
  }
  return {...folder, store, partition: join(folder.path, 'destinations', 't', '0')};
}

async function texts(path: string) {
  await using broker = await openFolder(path);
  return (await readTexts(broker, {destination: 't'}))['0'] ?? [];
}

async function segmentsIn(partition: string) {
  return (await readdir(partition)).filter(name => name.endsWith('.ndjson'));
}

test('by messages: the newest stay', async () => {
  await using folder = await filled({retention: {messages: 2}}, 5);
  expect(await folder.store.applyRetention('t', now)).toBe(3);
  expect(await texts(folder.path)).toEqual(['m3', 'm4']);
  expect(await folder.store.applyRetention('t', now)).toBe(0);
});

test('by age: what is older goes, and positions go on counting when nothing is left', async () => {
  await using folder = await filled({retention: {ageMs: 2.5 * 3_600_000}}, 5);
  await folder.store.applyRetention('t', now);
  expect(await texts(folder.path)).toEqual(['m3', 'm4']);
  await folder.store.applyRetention('t', new Date(now.getTime() + 86_400_000));
  expect(await segmentsIn(folder.partition)).toEqual([]);
  expect(await folder.store.append('t', '0', [message('next')])).toBe(5);
  expect(await texts(folder.path)).toEqual(['next']);
});

test('by bytes: the oldest segments go while the rest holds enough', async () => {
  await using folder = await filled({retention: {bytes: 250}, segmentBytes: 100}, 8);
  const before = await segmentsIn(folder.partition);
  expect(before.length).toBeGreaterThan(4);
  await folder.store.applyRetention('t', now);
  const after = await segmentsIn(folder.partition);
  expect(after.length).toBeLessThan(before.length);
  expect(before.slice(-after.length)).toEqual(after);
  await using broker = await openFolder(folder.path);
  const [destination] = (await broker.inspector.destinations({names: everything, internal: false}, signal)).items;
  expect(destination?.partitions[0]?.depth.bytes).toBeGreaterThanOrEqual(250);
});

test('a write applies it', async () => {
  await using folder = await filled({retention: {messages: 3}}, 3);
  await using broker = await openFolder(folder.path);
  await using session = await broker.writer?.open('t', {}, signal);
  await session?.send([message('new')], signal);
  expect(await texts(folder.path)).toEqual(['m1', 'm2', 'new']);
});

test('what a subscription had not read is lost, and not lag', async () => {
  await using folder = await filled({retention: {messages: 2}}, 6);
  await folder.store.createSubscription({name: 's'});
  await folder.store.setCursors('s', 't', [{partition: '0', cursor: 1}]);
  await folder.store.applyRetention('t', now);
  await using broker = await openFolder(folder.path);
  const filter = {names: everything, destinations: everything, internal: false};
  const [line] = (await broker.inspector.subscriptions(filter, signal)).items.flatMap(({progress}) => progress);
  expect(line).toMatchObject({position: '1', first: '4', end: '6', lag: 2, lost: 3, flags: ['lost']});
});

test('segments roll, and a read goes through all of them', async () => {
  await using folder = await filled({segmentBytes: 300}, 12);
  expect((await segmentsIn(folder.partition)).length).toBeGreaterThan(3);
  expect(await texts(folder.path)).toEqual(Array.from({length: 12}, (_, index) => `m${index}`));
  await using broker = await openFolder(folder.path);
  expect(await depthOf(broker, 't')).toBe(12);
  const from = {at: 'offset', offset: 7n} as const;
  expect((await readTexts(broker, {destination: 't', from}))['0']).toEqual(['m7', 'm8', 'm9', 'm10', 'm11']);
});
