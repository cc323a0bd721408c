import {readFileSync, writeFileSync} from 'node:fs';
import {resolve} from 'node:path';
import {expect, test} from 'vitest';
import {capabilityRows} from '../src/operations/capabilities.ts';
import {capabilityMarkdown} from '../src/output/views/capabilities.ts';
import {allDrivers} from '../src/shell/drivers.ts';

const file = resolve(import.meta.dirname, '../README.md');
const readme = readFileSync(file, 'utf8');

const blocks = [...readme.matchAll(/^```sh\n(.*?)^```$/gms)].map(match => match[1]?.trim());

test('the first two commands are the demo and the tests', () => {
  expect(blocks.slice(0, 2)).toEqual(['npm ci && node bin/run.cjs demo', 'npm test']);
});

test('the capability matrix is what the drivers declare', async () => {
  const table = capabilityMarkdown(capabilityRows(await allDrivers()));
  const begin = /^<!-- capabilities: .* -->$/m.exec(readme)?.[0] ?? '';
  const parts = readme.split(new RegExp(`(?<=${begin})|(?=<!-- /capabilities -->)`));
  expect(parts).toHaveLength(3);
  if (process.env['UPDATE_README']) writeFileSync(file, `${parts[0]}\n\n${table}\n\n${parts[2]}`);
  else expect(parts[1]).toBe(`\n\n${table}\n\n`);
});
