import {afterAll, beforeAll, expect, test} from 'vitest';
import {Home} from './binary.ts';
import {storedBroker} from './stored-broker.ts';

const home = new Home();
let url: string;

beforeAll(async () => {
  url = await storedBroker(home, [
    Buffer.from('\x1b[2J\x1b]0;owned\x07 \x9b31m \r\b‮ end'),
    Buffer.from([0xff, 0xfe, 0xc3, 0x28, 0x80, 0x00]),
    Buffer.alloc(10 * 1024 * 1024),
  ]);
});
afterAll(() => home[Symbol.dispose]());

/** What a terminal obeys: controls but the line feed, C1 controls, bidirectional overrides; and what is not UTF-8 at all. */
function obeyed(bytes: string): string[] {
  return bytes.match(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffd]/g) ?? [];
}

test.each(['table', 'wide', 'json', 'ndjson', 'csv', 'yaml'])(
  'peek -o %s shows hostile bytes and does not send them',
  async format => {
    const {code, stdout, stderr} = await home.run(['peek', 'orders', 'mail', '-u', url, '-o', format]);
    expect(code, stderr).toBe(0);
    expect(stdout).toContain('owned');
    // CSV ends its lines with both.
    expect(obeyed(stdout.replaceAll('\r\n', '\n'))).toEqual([]);
    expect(obeyed(stderr)).toEqual([]);
  },
);

test('ten megabytes of zeros do not fill a table', async () => {
  const {stdout} = await home.run(['peek', 'orders', '-u', url]);
  expect(stdout.length).toBeLessThan(10_000);
});
