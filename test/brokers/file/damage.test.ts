import {appendFile, readdir, readFile, stat, truncate, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {FileStore} from '../../../src/brokers/file/store.ts';
import {everything, nameFilter} from '../../../src/model/name-filter.ts';
import {Failure} from '../../../src/model/failure.ts';
import {batches, collect, expectFailure, message, readTexts, signal} from '../../conformance/situation.ts';
import {openFolder, temporaryFolder} from './folder-harness.ts';

const base = '00000000000000000000.ndjson';

/** A topic `t` of one partition with the messages `m0` to `m<count−1>`. */
async function filled(count: number) {
  const folder = await temporaryFolder();
  const store = await FileStore.create(folder.path);
  await store.createDestination({name: 't'});
  await store.append(
    't',
    '0',
    Array.from({length: count}, (_, index) => message(`m${index}`)),
  );
  return {...folder, store, segment: join(folder.path, 'destinations', 't', '0', base)};
}

async function look(path: string) {
  await using broker = await openFolder(path);
  const {items, warnings} = await broker.inspector.destinations({names: nameFilter(['t']), internal: false}, signal);
  const [partition] = items[0]?.partitions ?? [];
  return {messages: partition?.depth.messages, problem: partition?.problem, warnings: warnings.map(({code}) => code)};
}

async function write(path: string, body: string) {
  await using broker = await openFolder(path);
  await using session = await broker.writer?.open('t', {}, signal);
  return session?.send([message(body)], signal);
}

async function texts(path: string) {
  await using broker = await openFolder(path);
  return (await readTexts(broker, {destination: 't'}))['0'] ?? [];
}

/** Every file with its bytes and times. */
async function snapshot(path: string): Promise<unknown> {
  const entries = await readdir(path, {recursive: true, withFileTypes: true});
  const files = entries.filter(entry => entry.isFile()).map(entry => join(entry.parentPath, entry.name));
  return Promise.all(
    files.sort().map(async file => [file, (await stat(file)).mtimeMs, await readFile(file, 'base64')]),
  );
}

test(
  'a tail torn at any byte of the last message is passed over by looks and mended by the next write',
  {timeout: 120_000},
  async () => {
    await using folder = await filled(3);
    const whole = await readFile(folder.segment);
    const lastLine = whole.lastIndexOf(0x0a, whole.length - 2) + 1;
    for (let cut = lastLine + 1; cut < whole.length; cut++) {
      await writeFile(folder.segment, whole.subarray(0, cut));
      const before = await snapshot(folder.path);
      expect(await look(folder.path)).toEqual({messages: 2, problem: undefined, warnings: ['tornTail']});
      expect(await texts(folder.path)).toEqual(['m0', 'm1']);
      expect(await snapshot(folder.path)).toEqual(before);

      expect((await write(folder.path, 'new'))?.map(({status}) => status)).toEqual(['done']);
      // Without its newline alone, the last message is whole.
      const kept = cut === whole.length - 1 ? ['m0', 'm1', 'm2'] : ['m0', 'm1'];
      expect(await texts(folder.path)).toEqual([...kept, 'new']);
      expect(await look(folder.path)).toEqual({messages: kept.length + 1, problem: undefined, warnings: []});
    }
    const torn = await readFile(`${folder.segment}.torn`, 'utf8');
    expect(torn.split('\n').filter(Boolean)).toHaveLength(whole.length - lastLine - 2);
  },
);

test('a block of zeros, as a power cut leaves it, is a torn tail too', async () => {
  await using folder = await filled(2);
  await appendFile(folder.segment, Buffer.alloc(4096));
  expect(await texts(folder.path)).toEqual(['m0', 'm1']);
  await write(folder.path, 'new');
  expect(await texts(folder.path)).toEqual(['m0', 'm1', 'new']);
});

test('an empty segment is where a writer died before its first message', async () => {
  await using folder = await filled(1);
  await truncate(folder.segment, 0);
  expect(await look(folder.path)).toMatchObject({messages: 0, problem: undefined});
  await write(folder.path, 'new');
  expect(await texts(folder.path)).toEqual(['new']);
});

test('a bad line is a problem that names file and line, and the messages around it are read', async () => {
  await using folder = await filled(4);
  const lines = (await readFile(folder.segment, 'utf8')).split('\n');
  lines[1] = '{"position":1,"stored":"yesterday"}';
  await writeFile(folder.segment, lines.join('\n'));
  await using broker = await openFolder(folder.path);
  const all = await collect(batches(broker, {destination: 't'}));
  expect(all.flatMap(({messages}) => messages.map(({position}) => position))).toEqual(['0', '2', '3']);
  const [problem, ...others] = all.flatMap(batch => batch.problem ?? []);
  expect(others).toEqual([]);
  expect(problem?.kind).toBe('data');
  expect(problem?.message).toContain(`${folder.segment}:2`);
  expect(problem?.broker).toBe('"yesterday" is not a time');
});

test('a line that was taken out by hand is missed', async () => {
  await using folder = await filled(3);
  const lines = (await readFile(folder.segment, 'utf8')).split('\n');
  await writeFile(folder.segment, [lines[0], ...lines.slice(2)].join('\n'));
  await using broker = await openFolder(folder.path);
  const problems = (await collect(batches(broker, {destination: 't'}))).flatMap(batch => batch.problem ?? []);
  expect(problems[0]?.message).toContain(`${folder.segment}:2`);
  expect(problems[0]?.broker).toBe('it holds position 2 where 1 belongs');
});

test('a partition whose last line is bad is shown as a problem, not as a number; a write to it is refused', async () => {
  await using folder = await filled(2);
  await appendFile(folder.segment, 'what is this\n');
  const before = await readFile(folder.segment);
  const {messages, problem} = await look(folder.path);
  expect(messages).toBeNull();
  expect(problem).toContain(folder.segment);
  {
    await using broker = await openFolder(folder.path);
    const all = await collect(batches(broker, {destination: 't'}));
    expect(all.map(batch => [batch.next, batch.problem?.kind])).toEqual([[null, 'data']]);
  }
  const outcomes = await write(folder.path, 'new');
  expect(outcomes?.map(outcome => outcome.status === 'failed' && outcome.failure.kind)).toEqual(['data']);
  expect(await readFile(folder.segment)).toEqual(before);
});

test('a record that is not JSON names its file and line', async () => {
  await using folder = await filled(1);
  const file = join(folder.path, 'destinations', 't', 'destination.json');
  await writeFile(file, '{\n  "name": "t",\n  "kind" "topic"\n}\n');
  await using broker = await openFolder(folder.path);
  const failure = await expectFailure(broker.inspector.describe('t', signal), 'data');
  expect(failure.message).toContain(`${file}:3`);
});

test.each([
  [{name: 't', id: 'x', kind: 'pipe'}, '"kind" is neither "topic" nor "queue"'],
  [{name: 't', id: 'x', kind: 'topic', partitions: 'two'}, '"partitions" is not a whole number from 0'],
  [{name: 'u', id: 'x', kind: 'topic'}, 'it names the destination "u"'],
  [[], 'it is not a JSON object'],
])('a record with a wrong field says which: %j', async (record, said) => {
  await using folder = await filled(1);
  await writeFile(join(folder.path, 'destinations', 't', 'destination.json'), JSON.stringify(record));
  await using broker = await openFolder(folder.path);
  const failure = await expectFailure(broker.inspector.describe('t', signal), 'data');
  expect(failure.broker).toBe(said);
});

test('a destination or subscription with a damaged record is listed as a problem, and does not hide the others', async () => {
  await using folder = await filled(1);
  await folder.store.createDestination({name: 'a/b'});
  await folder.store.createSubscription({name: 's'});
  await writeFile(join(folder.path, 'destinations', 'a%2Fb', 'destination.json'), 'oh');
  await writeFile(join(folder.path, 'subscriptions', 's', 'subscription.json'), '{}');
  await using broker = await openFolder(folder.path);
  const filter = {names: everything, destinations: everything, internal: false};
  const {items} = await broker.inspector.destinations(filter, signal);
  expect(items.map(({name, partitions}) => [name, partitions[0]?.depth.messages])).toEqual([
    ['a/b', null],
    ['t', 1],
  ]);
  expect(items[0]?.partitions[0]?.problem).toContain('destination.json');
  const subscriptions = (await broker.inspector.subscriptions(filter, signal)).items;
  expect(subscriptions.map(({name, problem}) => [name, problem !== undefined])).toEqual([['s', true]]);
});

test('a folder that is missing, empty, of another program or of a later format is not opened', async () => {
  await using folder = await filled(1);
  await expectFailure(openFolder(join(folder.path, 'nowhere')), 'unreachable');
  await expectFailure(openFolder(join(folder.path, 'destinations')), 'unreachable');
  const file = join(folder.path, 'broker.json');
  await writeFile(file, '{"format": "something", "version": 1}');
  await expectFailure(openFolder(folder.path), 'unreachable');
  await writeFile(file, '{"format": "brokerctl-file", "version": 2}');
  await expectFailure(openFolder(folder.path), 'unsupported');
  await writeFile(file, '{');
  await expectFailure(openFolder(folder.path), 'data');
});

test('Inspector and Reader write nothing', async () => {
  await using folder = await filled(5);
  await folder.store.createDestination({name: 'q', kind: 'queue'});
  await folder.store.createSubscription({name: 's'});
  await folder.store.setCursors('s', 't', [{partition: '0', cursor: 2}]);
  await folder.store.append('q', null, [message('a')]);
  await appendFile(folder.segment, '{"posi');
  const before = await snapshot(folder.path);
  {
    await using broker = await openFolder(folder.path);
    const filter = {names: everything, destinations: everything, internal: true};
    await broker.inspector.destinations(filter, signal);
    await broker.inspector.subscriptions(filter, signal);
    await broker.inspector.deadLetters(signal);
    await broker.inspector.describe('t', signal);
    await broker.inspector.ages([{destination: 't', partition: '0', subscription: 's', position: '2'}], signal);
    await collect(batches(broker, {destination: 't', from: {at: 'shift', by: -2n}}));
    await collect(batches(broker, {destination: 'q'}));
    await broker.cursor?.plan('s', 't', {at: 'earliest'}, signal);
    await broker.purger?.plan('t', {what: 'all'}, signal);
  }
  expect(await snapshot(folder.path)).toEqual(before);
});

test('a cursor whose destination is gone is a line with a problem', async () => {
  await using folder = await filled(1);
  await folder.store.createSubscription({name: 's'});
  await folder.store.setCursors('s', 't', [{partition: '0', cursor: 1}]);
  await folder.store.deleteDestination('t');
  await using broker = await openFolder(folder.path);
  const filter = {names: everything, destinations: everything, internal: false};
  const [line] = (await broker.inspector.subscriptions(filter, signal)).items.flatMap(({progress}) => progress);
  expect([line?.lag, line?.problem]).toEqual([null, 'there is no destination "t"']);
});

test('a URL without a folder is a usage error', async () => {
  const error = await openFolder('').catch((thrown: unknown) => thrown);
  expect(error instanceof Failure && error.kind).toBe('usage');
});
