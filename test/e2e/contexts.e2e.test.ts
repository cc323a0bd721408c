import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {Home} from './binary.ts';
import {storedBroker} from './stored-broker.ts';

async function names(home: Home): Promise<string[]> {
  const {stdout} = await home.run(['context', 'list', '-o', 'json']);
  return (JSON.parse(stdout) as {result: {name: string; current: boolean}[]}).result.map(({name, current}) =>
    current ? `${name}*` : name,
  );
}

test('a context is added, tested, chosen and removed', async () => {
  using home = new Home();
  const url = await storedBroker(home, [Buffer.from('x')]);
  expect((await home.run(['context', 'add', 'one', url])).code).toBe(0);
  expect((await home.run(['context', 'add', 'two', url, '--protected', '--label', 'team=x'])).code).toBe(0);
  expect(await names(home)).toEqual(['one*', 'two']);
  expect((await home.run(['context', 'use', 'two'])).code).toBe(0);
  expect(await names(home)).toEqual(['one', 'two*']);
  const {code, stdout} = await home.run(['context', 'test', '--all-contexts', '-o', 'json']);
  expect(code).toBe(0);
  const row = {system: 'file', product: 'file broker', lacks: []};
  expect(JSON.parse(stdout)).toMatchObject({
    result: [
      {...row, context: 'one'},
      {...row, context: 'two'},
    ],
  });
  expect((await home.run(['context', 'remove', 'two'])).stderr).toContain('No context is current now.');
  expect(await names(home)).toEqual(['one']);
});

test('contexts are chosen by flag, glob and environment, in that order of strength', async () => {
  using home = new Home();
  const url = await storedBroker(home, [Buffer.from('x')]);
  for (const name of ['eu-1', 'eu-2', 'us-1']) await home.run(['context', 'add', name, url]);
  const contextsOf = async (args: readonly string[], env = {}): Promise<unknown> => {
    const {stdout} = await home.run(['depth', '-o', 'json', ...args], env);
    return (JSON.parse(stdout) as {contexts: unknown}).contexts;
  };
  expect(await contextsOf([])).toEqual(['eu-1']);
  expect(await contextsOf([], {BROKERCTL_CONTEXT: 'us-1'})).toEqual(['us-1']);
  expect(await contextsOf([], {BROKERCTL_URL: url})).toEqual([url]);
  expect(await contextsOf(['-c', 'eu-*', '-c', 'eu-1'], {BROKERCTL_CONTEXT: 'us-1'})).toEqual(['eu-1', 'eu-2']);
  expect(await contextsOf(['-c', 'us-1', '-u', url])).toEqual(['us-1', url]);
  expect(await contextsOf(['--all-contexts'])).toEqual(['eu-1', 'eu-2', 'us-1']);
});

test("another tool's contexts are imported, their passwords into files of their own", async () => {
  using home = new Home();
  const from = join(home.folder, 'kaf');
  writeFileSync(
    from,
    'clusters:\n- {name: a b, brokers: ["h:9092"], SASL: {mechanism: PLAIN, username: u, password: pw-1}}\n',
  );
  const dry = await home.run(['context', 'import', 'kaf', '--from', from, '--dry-run', '-o', 'json']);
  expect(JSON.parse(dry.stdout)).toMatchObject({result: [{name: 'a-b', outcome: 'would add'}]});
  expect(await names(home)).toEqual([]);
  const {code, stdout} = await home.run(['context', 'import', 'kaf', '--from', from]);
  expect(code).toBe(0);
  expect(stdout).not.toContain('pw-1');
  const config = readFileSync(home.config, 'utf8');
  expect(config).not.toContain('pw-1');
  expect(readFileSync(/passwordFile: (.*)/.exec(config)?.[1] ?? '', 'utf8')).toBe('pw-1\n');
  expect((await home.run(['context', 'import', 'kaf', '--from', from])).stdout).toContain('--force replaces it');
});

test('what has no driver is named and skipped', async () => {
  using home = new Home();
  const from = join(home.folder, 'nats.json');
  writeFileSync(from, '{"url": "ws://h:8080"}');
  const {code, stdout} = await home.run(['context', 'import', 'nats', '--from', from, '-o', 'json']);
  expect(code).toBe(0);
  const note = 'brokerctl cannot open it: "ws" is not a broker URL scheme';
  expect(JSON.parse(stdout)).toMatchObject({result: [{name: 'nats', outcome: 'skipped', note}]});
});
