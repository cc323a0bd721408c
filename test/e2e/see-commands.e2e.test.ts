import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {FileStore} from '../../src/brokers/file/store.ts';
import {bodies, fill, message} from '../operations/small-broker.ts';
import {ended, Home} from './binary.ts';

const home = new Home();
const folder = join(home.folder, 'broker');
const url = `file:${folder}`;
let store: FileStore;

beforeAll(async () => {
  store = await FileStore.create(folder, {sync: false});
  await fill(store);
  await store.createSubscription({name: 'billing', members: ['one']});
  await store.setCursors(
    'billing',
    'orders',
    ['0', '1', '2'].map(partition => ({partition, cursor: 1})),
  );
});
afterAll(() => home[Symbol.dispose]());

interface Document {
  readonly command: string;
  readonly version: number;
  readonly contexts: readonly string[];
  readonly result: readonly Record<string, unknown>[];
  readonly warnings: readonly {code: string; message: string; context: string | null}[];
  readonly error?: {kind: string; message: string};
}

async function json(...args: string[]): Promise<{code: number | null; document: Document; stderr: string}> {
  const {code, stdout, stderr} = await home.run([...args, '-u', url, '-o', 'json']);
  return {code, stderr, document: JSON.parse(stdout) as Document};
}

/** Every path of a document, with the types its values have: what a script may rely on. */
function shapeOf(value: unknown, path = ''): string[] {
  if (Array.isArray(value))
    return value.length === 0 ? [`${path}[]`] : value.flatMap(item => shapeOf(item, `${path}[]`));
  if (typeof value === 'object' && value !== null) {
    if (/\.(?:record|native|body)$/.test(path)) return [`${path}: object`];
    return Object.entries(value).flatMap(([key, inner]) => shapeOf(inner, `${path}.${key}`));
  }
  return [`${path}: ${value === null ? 'null' : typeof value}`];
}

describe('the keys of every JSON document are those of its golden file', () => {
  test.each([
    ['depth', ['depth', 'orders', 'payments', '--age']],
    ['depth-by-partition', ['depth', 'orders', 'payments', '--by', 'partition']],
    ['lag', ['lag', '--age']],
    ['lag-by-partition', ['lag', 'billing', '--by', 'partition', '--over', '100ms']],
    ['peek', ['peek', 'orders', '--limit', '3']],
    ['tail', ['tail', 'orders', '--from', 'earliest', '--limit', '1']],
    ['describe', ['describe', 'orders']],
    ['capabilities', ['capabilities']],
    ['skew', ['skew', 'orders', 'payments']],
    ['skew-consumers', ['skew', 'orders', '--by', 'consumers']],
    ['no-match', ['depth', 'nothing-*']],
  ])('%s', async (name, args) => {
    const {code, document, stderr} = await json(...args);
    expect(code, stderr).toBe(0);
    const shape = [...new Set(shapeOf(document))].sort().join('\n');
    await expect(`${shape}\n`).toMatchFileSnapshot(`golden/${name}.txt`);
  });
});

describe('exit codes', () => {
  test.each([
    [66, ['depth', 'nope'], 'There is no destination "nope"'],
    [66, ['depth', 'orders:9'], 'has no partition "9"'],
    [66, ['lag', 'nope'], 'There is no subscription "nope"'],
    [66, ['skew', 'nope'], 'There is no destination "nope"'],
    [64, ['skew', 'orders:1'], 'compares all parts'],
    [66, ['peek', 'nope'], 'There is no destination "nope"'],
    [66, ['peek', 'orders', '--subscription', 'nope'], 'no progress in orders'],
    [66, ['tail', 'nope', '--limit', '1'], 'There is no destination "nope"'],
    [66, ['describe', 'nope'], 'There is no destination "nope"'],
    [66, ['capabilities', 'nope'], 'There is no destination "nope"'],
    [64, ['tail', 'orders'], 'tail has no end'],
    [64, ['peek', 'orders', '--from', 'yesterday'], 'is not a position'],
    [64, ['peek', 'orders', '--header', 'x'], 'is not a header condition'],
    [64, ['peek', 'orders', '--columns', 'nope'], 'is not a column of peek'],
    [64, ['depth', '--sort', 'nope'], 'is not a column of depth'],
    [64, ['depth', '/(/'], 'is not a valid regex'],
  ])('%i: %j', async (expected, args, said) => {
    const {code, document} = await json(...args);
    expect(document.error?.message).toContain(said);
    expect(code).toBe(expected);
  });

  test('some found and some not is 1, with the rows that were found', async () => {
    const {code, document, stderr} = await json('depth', 'orders', 'nope');
    expect(code).toBe(1);
    expect(document.result.map(({destination}) => destination)).toEqual(['orders']);
    expect(document.warnings.map(({code: said}) => said)).toEqual(['notFound']);
    expect(stderr).toContain('There is no destination "nope"');
  });

  test('a name that none of several brokers has is 66', async () => {
    const other = join(home.folder, 'other');
    await FileStore.create(other, {sync: false});
    const both = ['-u', url, '-u', `file:${other}`];
    expect((await home.run(['depth', 'nope', ...both])).code).toBe(66);
    const some = await home.run(['depth', 'orders', ...both]);
    expect([some.code, some.stderr]).toEqual([0, expect.stringContaining('There is no destination "orders"')]);
  });

  test('a pattern that matches nothing is no error', async () => {
    const {code, stdout, stderr} = await home.run(['lag', 'nothing-*', '-u', url]);
    expect({code, stdout}).toEqual({code: 0, stdout: ''});
    expect(stderr).toContain('No subscription matches nothing-*');
  });
});

describe('what is in a message is shown and not obeyed', () => {
  const hostile = '\u001b]0;owned\u0007\u001b[2J\u009b31m\u202eevil';

  test.each(['table', 'wide', 'json', 'ndjson', 'csv', 'yaml'])('-o %s', async format => {
    const name = `hostile-${format}`;
    await store.createDestination({name});
    await store.append(name, '0', [
      message(hostile, {key: Buffer.from(hostile), headers: [{name: hostile, type: 'string', value: hostile}]}),
      message(Buffer.from([0x1b, 0x5b, 0xff, 0x00])),
      message(Buffer.alloc(10_000_000)),
    ]);
    const {code, stdout} = await home.run(['peek', name, '-u', url, '-o', format]);
    expect(code).toBe(0);
    expect(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e]/.test(stdout)).toBe(false);
    if (format === 'table') expect(stdout.length).toBeLessThan(10_000);
  });
});

test('tail shows what arrives, and Ctrl-C ends it with 130', async () => {
  const child = home.start(['tail', 'orders', '-u', url, '-o', 'ndjson', '--from', '-1']);
  const seen = new Promise<void>(resolve => {
    let lines = 0;
    child.stdout.on('data', (chunk: Buffer) => {
      lines += chunk.toString().split('\n').length - 1;
      // The three that were there; then one is added.
      if (lines === 3) void store.append('orders', '1', bodies(1, 'new '));
      if (lines >= 4) {
        child.kill('SIGINT');
        resolve();
      }
    });
  });
  const run = ended(child);
  await seen;
  const {code, stdout} = await run;
  expect(code).toBe(130);
  const rows = stdout.trimEnd().split('\n');
  expect(rows).toHaveLength(4);
  expect(JSON.parse(rows[3] ?? '')).toMatchObject({destination: 'orders', partition: '1', body: 'new 0'});
});
