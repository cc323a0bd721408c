import {once} from 'node:events';
import {expect, test} from 'vitest';
import {ended, Home} from './binary.ts';
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
