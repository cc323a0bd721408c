import {readdir, readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import avsc from 'avsc';
import protobuf from 'protobufjs';
import {expect, test} from 'vitest';
import {makeDemo} from '../../../../src/brokers/file/demo/make.ts';
import {paymentSchema} from '../../../../src/brokers/file/demo/payments.ts';
import {tellStory} from '../../../../src/brokers/file/demo/story.ts';
import {readingSchema} from '../../../../src/brokers/file/demo/telemetry.ts';
import {singleObject} from '../../../../src/brokers/file/demo/wire.ts';
import {Failure} from '../../../../src/model/failure.ts';
import {everything, nameFilter} from '../../../../src/model/name-filter.ts';
import {openFolder, temporaryFolder} from '../folder-harness.ts';

const options = {seed: 7, now: new Date('2026-11-24T09:00:00Z')};
const signal = new AbortController().signal;

async function filesIn(folder: string): Promise<Map<string, string>> {
  const names = await readdir(folder, {recursive: true, withFileTypes: true});
  const files = names.filter(entry => entry.isFile()).map(entry => join(entry.parentPath, entry.name));
  const texts = await Promise.all(files.map(file => readFile(file, 'utf8')));
  return new Map(files.map((file, index) => [file.slice(folder.length), texts[index] ?? '']));
}

async function progressOf(folder: string, name: string) {
  await using broker = await openFolder(folder);
  const filter = {names: nameFilter([name]), destinations: everything, internal: false};
  const [subscription] = (await broker.inspector.subscriptions(filter, signal)).items;
  return {members: subscription?.members, lines: subscription?.progress ?? []};
}

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function body(destination: string, index: number): Uint8Array {
  const messages = tellStory(options).destinations.find(({name}) => name === destination)?.messages;
  return messages?.[index]?.body ?? new Uint8Array();
}

test('the demo is the same, byte for byte, for the same seed and time, and another for another seed', async () => {
  await using one = await temporaryFolder();
  await using two = await temporaryFolder();
  await using three = await temporaryFolder();
  await makeDemo(one.path, options);
  await makeDemo(two.path, options);
  await makeDemo(three.path, {...options, seed: 8});
  const files = await filesIn(one.path);
  expect(files.size).toBeGreaterThan(50);
  expect(await filesIn(two.path)).toEqual(files);
  expect(await filesIn(three.path)).not.toEqual(files);
});

test('every destination of the story is there, and internal ones are hidden', async () => {
  await using folder = await temporaryFolder();
  await makeDemo(folder.path, options);
  await using broker = await openFolder(folder.path);
  const {destinations} = tellStory(options);
  const {items, warnings} = await broker.inspector.destinations({names: everything, internal: false}, signal);
  expect(warnings).toEqual([]);
  expect(items.map(({name}) => name)).toEqual(
    destinations
      .filter(({internal}) => !internal)
      .map(({name}) => name)
      .toSorted(),
  );
  for (const {name, messages, retentionMs} of destinations) {
    const {destination} = await broker.inspector.describe(name, signal);
    const oldest = options.now.getTime() - (retentionMs ?? Number.POSITIVE_INFINITY);
    const kept = messages.filter(({timestamp}) => timestamp.getTime() >= oldest).length;
    const held = destination.partitions.reduce((sum, {depth}) => sum + (depth.messages ?? Number.NaN), 0);
    expect({name, held}).toEqual({name, held: kept});
  }
});

test('one partition of the orders is hot', () => {
  const orders = tellStory(options).destinations.find(({name}) => name === 'orders');
  const counts = ['0', '1', '2', '3', '4', '5'].map(id => orders?.messages.filter(m => m.partition === id).length ?? 0);
  expect(Math.max(...counts) / (counts.reduce((a, b) => a + b, 0) / counts.length)).toBeGreaterThan(2.5);
});

test('its subscriptions are idle, behind, stuck, losing and without a cursor', async () => {
  await using folder = await temporaryFolder();
  await makeDemo(folder.path, options);
  const lag = async (name: string) =>
    (await progressOf(folder.path, name)).lines.reduce((sum, line) => sum + (line.lag ?? Number.NaN), 0);
  expect(await lag('billing')).toBe(0);
  expect([await lag('analytics'), (await progressOf(folder.path, 'analytics')).members]).toEqual([0, 0]);
  expect(await lag('fulfilment')).toBeGreaterThan(130);
  const stuck = (await progressOf(folder.path, 'fraud-check')).lines.filter(line => (line.lag ?? 0) > 0);
  expect(stuck.map(({inFlight, redelivered}) => [inFlight, redelivered])).toEqual([[1, 17]]);
  const lost = (await progressOf(folder.path, 'warehouse-eu')).lines;
  expect(lost.every(({flags, lost: count}) => flags.includes('lost') && (count ?? 0) > 0)).toBe(true);
  const none = (await progressOf(folder.path, 'search-index')).lines;
  expect(none.every(({flags, position}) => flags.includes('noCursor') && position === null)).toBe(true);
});

test('the message that fraud-check is stuck at is not JSON, and those around it are', async () => {
  await using folder = await temporaryFolder();
  await makeDemo(folder.path, options);
  await using broker = await openFolder(folder.path);
  const stuck = (await progressOf(folder.path, 'fraud-check')).lines.find(line => (line.lag ?? 0) > 0);
  const from = {at: 'offset', offset: BigInt(stuck?.position ?? 0) - 1n} as const;
  const range = {destination: 'orders', partitions: [stuck?.partition ?? ''], from, until: {at: 'latest'}} as const;
  const limits = {batchMessages: 3, batchBytes: 1e6, messages: 3};
  const isJson: boolean[] = [];
  for await (const {messages} of broker.reader?.read({...range, follow: false}, limits, signal) ?? []) {
    for (const message of messages) {
      isJson.push(parses(Buffer.from(message.body ?? []).toString('utf8')));
    }
  }
  expect(isJson).toEqual([true, false, true]);
});

test('its dead letters have routes', async () => {
  await using folder = await temporaryFolder();
  await makeDemo(folder.path, options);
  await using broker = await openFolder(folder.path);
  const routes = (await broker.inspector.deadLetters(signal)).items;
  expect(routes).toContainEqual({
    source: 'orders',
    subscription: 'fulfilment',
    destination: 'orders-dlt',
    foundBy: 'subscription record',
  });
  expect(routes).toContainEqual({
    source: 'email-outbox',
    subscription: null,
    destination: 'email-outbox.dlq',
    foundBy: 'destination record',
  });
});

test('a real Avro decoder reads the payments', () => {
  const bytes = Buffer.from(body('payments', 3));
  expect([bytes[0], bytes.readInt32BE(1)]).toEqual([0, 42]);
  const payment: unknown = avsc.Type.forSchema(paymentSchema as unknown as avsc.Schema).fromBuffer(bytes.subarray(5));
  expect(payment).toMatchObject({paymentId: 'p-500003', orderId: 'o-100006'});
});

test('a real Avro decoder reads the sensor readings', () => {
  const bytes = Buffer.from(body('sensor-readings', 0));
  const type = avsc.Type.forSchema(JSON.parse(readingSchema) as avsc.Schema);
  expect(bytes.subarray(0, 2).toString('hex')).toBe('c301');
  const reading = type.fromBuffer(bytes.subarray(10)) as {sensor: string; celsius: number};
  expect(reading.sensor).toMatch(/^cold-store-\d$/);
  expect(reading.celsius).toBeLessThan(-14);
});

test('the fingerprint is the one that Avro\'s specification gives for its schema "null"', () => {
  const bytes = Buffer.from(singleObject('"null"', []));
  expect(bytes.readBigUInt64LE(2).toString(16)).toBe('63dd24e7cc258f8a');
});

test('a real Protobuf decoder reads the telemetry', () => {
  const root = protobuf.parse(
    'syntax = "proto3"; message Position { string van = 1; double latitude = 2; double longitude = 3; uint64 at_ms = 4; bool moving = 5; }',
  ).root;
  const position = root.lookupType('Position').decode(body('telemetry', 5)).toJSON();
  expect(position.van).toMatch(/^van-\d+$/);
  expect(Number(position.atMs)).toBeLessThanOrEqual(options.now.getTime());
});

test('a folder that holds something is left alone', async () => {
  await using folder = await temporaryFolder();
  await writeFile(join(folder.path, 'mine.txt'), 'keep');
  const error: unknown = await makeDemo(folder.path, options).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(Failure);
  expect((error as Failure).kind).toBe('cannotWrite');
  expect(await readdir(folder.path)).toEqual(['mine.txt']);
});
