import {afterAll, beforeAll, expect, test} from 'vitest';
import {Home} from './binary.ts';

const home = new Home();
beforeAll(async () => {
  expect((await home.run(['demo'])).code).toBe(0);
});
afterAll(() => home[Symbol.dispose]());

const keysOf = (rows: readonly object[]) => [...new Set(rows.flatMap(row => Object.keys(row)))].sort().join('\n');

test('the demo has a hot partition, and one key makes it so', async () => {
  const {code, stdout, stderr} = await home.run(['skew', 'orders', '--by', 'keys', '-o', 'json']);
  expect(code, stderr).toBe(0);
  const {result} = JSON.parse(stdout) as {
    result: {keys: {key: string; share: number}[]; causes: object[]; values: object[]}[];
  };
  expect(result).toMatchObject([{verdict: 'skewed', morePartitionsHelp: false, causes: [{code: 'hot-key'}]}]);
  expect(result[0]?.keys[0]?.key).toBe('customer-0007');
  expect(result[0]?.keys[0]?.share).toBeGreaterThan(0.4);
  const inner = [result, result[0]?.keys ?? [], result[0]?.causes ?? [], result[0]?.values ?? []].map(keysOf);
  await expect(`${inner.join('\n\n')}\n`).toMatchFileSnapshot('golden/skew-keys.txt');
});

test.each(['messages', 'bytes', 'rate', 'lag', 'consumers', 'keys'])(
  'bars by %s are ASCII and no wider than 80 columns',
  async by => {
    const {code, stdout, stderr} = await home.run(['skew', 'orders', '--by', by, '--over', '10ms']);
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/^ {2}verdict /m);
    if (by !== 'rate') expect(stdout).toMatch(/ #{28}$/m);
    expect(stdout).toMatch(/^[\x20-\x7e\n]*$/);
    expect(Math.max(...stdout.split('\n').map(line => line.length))).toBeLessThanOrEqual(80);
  },
);

test('all destinations are a line each, those that are not partitioned too', async () => {
  const {code, stdout} = await home.run(['skew']);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^orders +6 +720 .*\|.{6}\| +skewed$/m);
  expect(stdout).toMatch(/^email-outbox .* not-partitioned$/m);
});
