import {mkdirSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {expect, test} from 'vitest';
import {Home} from './binary.ts';

test('demo makes a broker and its context, and shows both tables and what to try', async () => {
  using home = new Home();
  const {code, stdout, stderr} = await home.run(['demo']);
  expect(code, stderr).toBe(0);
  expect(stdout).toMatch(/^DESTINATION .*MESSAGES/m);
  expect(stdout).toMatch(/^SUBSCRIPTION .*LAG/m);
  expect(stdout).toMatch(/^orders /m);
  expect(stderr).toContain('Try:\n  brokerctl ');
  const shown = await home.run(['depth', 'orders', '-o', 'json']);
  expect(JSON.parse(shown.stdout)).toMatchObject({contexts: ['demo'], result: [{destination: 'orders'}]});
});

test('every command that demo suggests works', async () => {
  using home = new Home();
  const {stderr} = await home.run(['demo']);
  const suggested = [...stderr.matchAll(/^ {2}brokerctl (.*?) {2,}/gm)].map(match => match[1]?.split(' ') ?? []);
  expect(suggested.length).toBeGreaterThan(3);
  for (const words of suggested.filter(([verb]) => verb !== 'tail')) {
    const short = words.map(word => (word === '5s' ? '10ms' : word));
    expect(await home.run(short), words.join(' ')).toMatchObject({code: 0});
  }
});

test('a demo that is there is kept, unless it is wanted anew', async () => {
  using home = new Home();
  const made = await home.run(['demo', '-o', 'json', '--seed', '7']);
  expect(JSON.parse(made.stdout)).toMatchObject({result: [{context: 'demo', seed: 7, isNew: true}]});
  const kept = await home.run(['demo', '-o', 'json']);
  expect(JSON.parse(kept.stdout)).toMatchObject({result: [{seed: 7, isNew: false}]});
  expect((await home.run(['demo', '--seed', '8'])).code).toBe(64);
  const anew = await home.run(['demo', '-o', 'json', '--seed', '8', '--fresh']);
  expect(JSON.parse(anew.stdout)).toMatchObject({result: [{seed: 8, isNew: true}]});
});

test('a folder that holds something else is left alone, --fresh or not', async () => {
  using home = new Home();
  writeFileSync(join(home.folder, 'mine'), 'x');
  for (const more of [[], ['--fresh']]) {
    const {code, stderr} = await home.run(['demo', '--dir', home.folder, ...more]);
    expect(code).toBe(73);
    expect(stderr).toContain('is not empty');
  }
});

test('a context "demo" of another broker is left alone', async () => {
  using home = new Home();
  mkdirSync(dirname(home.config), {recursive: true});
  writeFileSync(home.config, 'contexts: {demo: {url: "kafka://h:9092"}}\n');
  const {code, stderr} = await home.run(['demo']);
  expect(code).toBe(64);
  expect(stderr).toContain('context remove demo');
});
