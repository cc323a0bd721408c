import {spawn} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {mkdir, readFile, writeFile} from 'node:fs/promises';
import {hostname} from 'node:os';
import {join} from 'node:path';
import {createInterface} from 'node:readline';
import {expect, test} from 'vitest';
import {FileStore} from '../../../src/brokers/file/store.ts';
import {fileDriver} from '../../../src/brokers/file/driver.ts';
import {
  batches,
  collect,
  depthOf,
  destinationNamed,
  expectFailure,
  facet,
  message,
  readTexts,
  signal,
  text,
} from '../../conformance/situation.ts';
import {linesIn, openFolder, targetOf, temporaryFolder} from './folder-harness.ts';

const limits = {timeout: 120_000};

/** Starts `child.ts`, and kills it with SIGKILL once `until` has seen enough of its lines. */
async function run(args: readonly string[], until: (lines: readonly string[]) => boolean = () => false) {
  const child = spawn(process.execPath, ['--import', 'tsx', join(import.meta.dirname, 'child.ts'), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<number | null>(resolve => child.once('close', resolve));
  const lines: string[] = [];
  for await (const line of createInterface({input: child.stdout})) {
    lines.push(line);
    if (until(lines)) child.kill('SIGKILL');
  }
  // A killed process has no exit code.
  expect(await ended).toBe(child.killed ? null : 0);
  return lines;
}

async function topic(partitions: number) {
  const folder = await temporaryFolder();
  const store = await FileStore.create(folder.path);
  await store.createDestination({name: 't', partitions, segmentBytes: 100_000});
  return {...folder, store};
}

async function bodies(path: string) {
  await using broker = await openFolder(path);
  return ((await readTexts(broker, {destination: 't'}))['0'] ?? []).map(body => body?.split(' ')[0]);
}

test('a writer killed again and again loses nothing that it confirmed, and leaves nothing half', limits, async () => {
  await using folder = await topic(1);
  const confirmed: string[] = [];
  for (let round = 0; round < 6; round++) {
    confirmed.push(...(await run([folder.path, 'write', `r${round}`], lines => lines.length >= 20 + 7 * round)));
    const seen = await bodies(folder.path);
    expect(seen.filter(body => body !== undefined && confirmed.includes(body))).toEqual(confirmed);
    // At most one message a round was stored and not confirmed any more.
    expect(seen.length - confirmed.length).toBeLessThanOrEqual(round + 1);
  }
  await using broker = await openFolder(folder.path);
  await using session = await facet(broker.writer).open('t', {}, signal);
  expect((await session.send([message('after')], signal)).map(({status}) => status)).toEqual(['done']);
  const positions = (await linesIn(folder.path, 't', '0')).map(({position}) => position);
  expect(positions).toEqual(positions.map((_, index) => index));
});

test('a transaction killed at any moment is there whole, with its ledger entry, or not at all', limits, async () => {
  await using folder = await topic(3);
  for (let round = 0; round < 6; round++) {
    const lines = await run([folder.path, 'transact', 'n'], said => said.length >= 3 + round);
    const said = Number(lines.at(-1));
    await using broker = await openFolder(folder.path);
    await using session = await facet(broker.writer).open('t', {exactlyOnce: true, ledgerKey: 'child'}, signal);
    const committed = Number(await session.committed?.(signal));
    expect(committed).toBeGreaterThanOrEqual(said);
    expect(committed).toBeLessThanOrEqual(said + 1);
    const expected = Array.from({length: committed}, (_, index) => [`${index + 1}a`, `${index + 1}b`]).flat();
    expect(await readTexts(broker, {destination: 't'})).toEqual({'0': expected, '1': expected, '2': expected});
  }
});

test('a commit that was decided before the crash is finished by the next writer', async () => {
  await using folder = await topic(1);
  await folder.store.append('t', '0', [message('before')]);
  const transaction = join(folder.path, 'transactions', 'abc');
  await mkdir(transaction, {recursive: true});
  const line = '{"position":1,"stored":"2026-01-01T00:00:00.000Z","key":null,"body":"decided"}\n';
  await writeFile(join(transaction, '0.ndjson'), line);
  const to = 'destinations/t/0/00000000000000000001.ndjson';
  const decided = {segments: [{from: 'transactions/abc/0.ndjson', to}], ledger: {key: 'k', entry: 'e'}};
  await writeFile(join(transaction, 'commit.json'), JSON.stringify(decided));
  await mkdir(join(folder.path, 'transactions', 'undecided'));
  expect(await bodies(folder.path)).toEqual(['before']);
  await using broker = await openFolder(folder.path);
  await using session = await facet(broker.writer).open('t', {ledgerKey: 'k'}, signal);
  expect(await session.committed?.(signal)).toBe('e');
  await session.send([message('after')], signal);
  expect(await bodies(folder.path)).toEqual(['before', 'decided', 'after']);
});

test('what a killed taker held is back, and counts as delivered', limits, async () => {
  await using folder = await temporaryFolder();
  const store = await FileStore.create(folder.path);
  await store.createDestination({name: 'q', kind: 'queue'});
  await store.append('q', null, [message('a'), message('b'), message('c'), message('d')]);
  await using broker = await openFolder(folder.path);
  let whileHeld: unknown;
  await run([folder.path, 'hold', 'n'], () => {
    whileHeld = JSON.parse(readFileSync(join(folder.path, 'destinations', 'q', 'messages', 'state.json'), 'utf8'));
    return true;
  });
  expect(whileHeld).toMatchObject({claims: [{positions: ['0-2']}], deliveries: {0: 1, 1: 1, 2: 1}});
  const [queue] = (await destinationNamed(broker, 'q'))?.partitions ?? [];
  expect([queue?.depth.ready, queue?.depth.inFlight]).toEqual([4, 0]);
  const taken = (await collect(facet(broker.taker).take('q', {window: 9, limit: 9}, signal))).flat();
  expect(taken.map(({message: {body, deliveryCount}}) => [text({body}), deliveryCount])).toEqual([
    ['a', 2],
    ['b', 2],
    ['c', 2],
    ['d', 1],
  ]);
});

test('two processes write at once, and every message is there once', limits, async () => {
  await using folder = await topic(1);
  const [one, two] = await Promise.all([
    run([folder.path, 'write', 'one', '60']),
    run([folder.path, 'write', 'two', '60']),
  ]);
  const seen = await bodies(folder.path);
  expect(seen).toHaveLength(120);
  expect(seen.filter(body => body?.startsWith('one'))).toEqual(one);
  expect(seen.filter(body => body?.startsWith('two'))).toEqual(two);
});

test('the lock of a process that is gone is broken; that of another machine is not', async () => {
  await using folder = await topic(1);
  const lock = join(folder.path, 'lock');
  const send = async () => {
    const broker = await fileDriver.open(targetOf(folder.path, 200), {signal});
    await using session = await facet(broker.writer).open('t', {}, signal);
    return session.send([message('a')], signal);
  };
  // No process has this number: it is above the largest that Linux gives.
  await writeFile(lock, JSON.stringify({host: hostname(), pid: 99_999_999, started: null, token: 'x'}));
  expect((await send()).map(({status}) => status)).toEqual(['done']);
  await expect(readFile(lock)).rejects.toThrow('ENOENT');
  // The number is in use again, by a process that began at another time.
  await writeFile(lock, JSON.stringify({host: hostname(), pid: process.pid, started: '1', token: 'x'}));
  expect((await send()).map(({status}) => status)).toEqual(['done']);
  await writeFile(lock, JSON.stringify({host: 'elsewhere', pid: 99_999_999, started: null, token: 'x'}));
  const failure = await expectFailure(send(), 'tryAgain');
  expect(failure.broker).toContain('process 99999999 on elsewhere');
});

test('a message returned too often goes to the dead letters, with what befell it', async () => {
  await using folder = await temporaryFolder();
  const store = await FileStore.create(folder.path);
  await store.createDestination({name: 'dead', kind: 'queue'});
  await store.createDestination({name: 'q', kind: 'queue', deadLetter: {destination: 'dead', maxDeliveries: 2}});
  await store.append('q', null, [message('poison', {key: Buffer.from('k')}), message('fine')]);
  await using broker = await openFolder(folder.path);
  const taker = facet(broker.taker);
  const left: (number | null)[] = [];
  for (let look = 0; look < 2; look++) {
    const [held] = await collect(taker.take('q', {window: 1, limit: 1}, signal));
    left.push(held?.[0]?.returnsLeft ?? null);
    await taker.settle(held ?? [], 'return', signal);
  }
  expect(left).toEqual([1, 0]);
  expect([await depthOf(broker, 'q'), await depthOf(broker, 'dead')]).toEqual([1, 1]);
  const [dead] = (await collect(batches(broker, {destination: 'dead'}))).flatMap(({messages}) => messages);
  expect([text({body: dead?.body ?? null}), Buffer.from(dead?.key ?? []).toString()]).toEqual(['poison', 'k']);
  expect(dead?.headers).toContainEqual({name: 'brokerctl-dead-letter-source', type: 'string', value: 'q'});
  expect(dead?.headers).toContainEqual({name: 'brokerctl-dead-letter-deliveries', type: 'int32', value: 2});
});
