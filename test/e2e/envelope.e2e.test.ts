import {afterAll, beforeAll, expect, test} from 'vitest';
import {Home} from './binary.ts';
import {storedBroker} from './stored-broker.ts';

/*
 * The keys that scripts rely on. A key that is missing here breaks somebody's script; a new one is added to the list.
 */
const home = new Home();
let url: string;

beforeAll(async () => {
  url = await storedBroker(home, [Buffer.from('{"id":1}'), Buffer.from('{"id":2}')]);
});
afterAll(() => home[Symbol.dispose]());

const rows: Readonly<Record<string, readonly string[]>> = {
  depth:
    'context system destination kind partition messages ready inFlight scheduled bytes oldestAgeSeconds firstPosition lastPosition method exact asOf'.split(
      ' ',
    ),
  lag: 'context system subscription subscriptionKind destination partition position end lag lagSeconds lost inFlight redelivered members state lossInSeconds drainInSeconds method exact asOf'.split(
    ' ',
  ),
  skew: 'context system destination by partitions total mean max maxPartition ratio verdict method values'.split(' '),
  'peek orders':
    'context system destination partition position key headers body bodyEncoding bodyBytes timestamp timestampKind deliveryCount failure format'.split(
      ' ',
    ),
};

test.each(Object.entries(rows))(
  '%s -o json is an envelope whose rows have the keys of the contract',
  async (command, keys) => {
    const {code, stdout, stderr} = await home.run([...command.split(' '), '-u', url, '-o', 'json']);
    expect(code, stderr).toBe(0);
    const envelope = JSON.parse(stdout) as {command: string; version: number; contexts: string[]; result: object[]};
    expect(Object.keys(envelope)).toEqual(['command', 'version', 'contexts', 'result', 'warnings']);
    expect(envelope).toMatchObject({command: command.split(' ')[0], version: 1, contexts: [url], warnings: []});
    expect(envelope.result.length).toBeGreaterThan(0);
    for (const row of envelope.result) expect(Object.keys(row)).toEqual(expect.arrayContaining([...keys]));
  },
);

test('one context that fails among several is a warning and exit 1, and the others are shown', async () => {
  const {code, stdout, stderr} = await home.run(['depth', '-u', url, '-u', 'file:nowhere', '-o', 'json']);
  expect(code).toBe(1);
  const {result, warnings} = JSON.parse(stdout) as {result: {destination: string}[]; warnings: object[]};
  expect(result.map(({destination}) => destination)).toContain('orders');
  expect(warnings).toEqual([expect.objectContaining({code: 'unreachable', context: 'file:nowhere'})]);
  expect(stderr).toContain('Error [file:nowhere]: ');
});

test('several that all fail are one failure', async () => {
  const {code, stdout, stderr} = await home.run(['depth', '-u', 'file:nowhere', '-u', 'file:nowhere-else']);
  expect(code).toBe(69);
  expect(stdout).toBe('');
  expect(stderr).toContain('None of the 2 contexts could be opened');
  expect(stderr).toContain('nowhere-else');
});

test.each([
  ['a destination', ['depth', 'ordres'], 'ordres'],
  ['a subscription', ['lag', 'bilding'], 'bilding'],
  ['a destination of messages', ['peek', 'ordres'], 'ordres'],
  ['a partition', ['peek', 'orders:7'], '7'],
])('%s that does not exist is not found', async (_, args, name) => {
  const {code, stderr} = await home.run([...args, '-u', url]);
  expect(code, stderr).toBe(66);
  expect(stderr).toContain(name);
});

test.each([
  ['word', ['peek', 'orders', '--from', 'yesterday']],
  ['time', ['peek', 'orders', '--from', '@2026-13-45']],
])('a %s that is no position is a usage error', async (_, args) => {
  const {code, stderr} = await home.run([...args, '-u', url]);
  expect(code).toBe(64);
  expect(stderr).toContain('is not a position');
});
