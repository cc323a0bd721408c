import {spawnSync} from 'node:child_process';
import {once} from 'node:events';
import {openSync} from 'node:fs';
import {expect, test} from 'vitest';
import {ended, Home, program} from './binary.ts';
import {storedBroker} from './stored-broker.ts';

test('a reader that goes away ends the program quietly, as SIGPIPE would', async () => {
  using home = new Home();
  const url = await storedBroker(
    home,
    Array.from({length: 400}, (_, index) => Buffer.from(`${index} `.repeat(2000))),
  );
  const child = home.start(['peek', 'orders', '-u', url, '--limit', '400', '-o', 'ndjson']);
  const end = ended(child);
  await once(child.stdout, 'data');
  child.stdout.destroy();
  expect(await end).toMatchObject({code: 141, stderr: ''});
});

test('Ctrl-C while it waits for messages ends it with 130', async () => {
  using home = new Home();
  const url = await storedBroker(home, [Buffer.from('first')]);
  const child = home.start(['tail', 'orders', '--from', 'earliest', '-u', url, '-o', 'ndjson']);
  const end = ended(child);
  await once(child.stdout, 'data');
  child.kill('SIGINT');
  const {code, stdout} = await end;
  expect(code).toBe(130);
  expect(
    stdout
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line) as unknown),
  ).toHaveLength(1);
});

test('Ctrl-C in the middle of a JSON document leaves it whole, with the rows there were', async () => {
  using home = new Home();
  const url = await storedBroker(home, [Buffer.from('first')]);
  const child = home.start(['tail', 'orders', '--from', 'earliest', '--limit', '5', '-u', url, '-o', 'json']);
  const end = ended(child);
  while (!String(await once(child.stdout, 'data')).includes('"first"'));
  child.kill('SIGINT');
  const {code, stdout, stderr} = await end;
  expect({code, stderr}).toEqual({code: 130, stderr: 'Error: Interrupted\n'});
  expect(JSON.parse(stdout)).toMatchObject({
    command: 'tail',
    result: [{body: 'first'}],
    warnings: [{code: 'interrupted'}],
  });
});

test('a full disk under stdout is an error', async () => {
  using home = new Home();
  const url = await storedBroker(home, [Buffer.from('first')]);
  const {status, stderr} = spawnSync(process.execPath, [program, 'depth', '-u', url], {
    stdio: ['ignore', openSync('/dev/full', 'w'), 'pipe'],
    env: {HOME: home.folder},
    encoding: 'utf8',
  });
  expect(status).toBe(73);
  expect(stderr).toMatch(/^Error: Could not write the result to stdout\n {2}Reason: ENOSPC[^\n]*\n$/);
});

test('Ctrl-C and SIGTERM between two rounds of --watch end it with 130', async () => {
  using home = new Home();
  const url = await storedBroker(home, [Buffer.from('first')]);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    const child = home.start(['depth', '-u', url, '--watch', '1h', '-o', 'ndjson']);
    const end = ended(child);
    await once(child.stdout, 'data');
    child.kill(signal);
    expect((await end).code).toBe(130);
  }
});
