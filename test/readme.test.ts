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
  const markers = /(<!-- capabilities: .*? -->\n)(.*?)(\n<!-- \/capabilities -->)/s;
  const table = `\n${capabilityMarkdown(capabilityRows(await allDrivers()))}\n`;
  if (process.env['UPDATE_README'])
    writeFileSync(
      file,
      readme.replace(markers, (_, begin, __, end) => begin + table + end),
    );
  else expect(markers.exec(readme)?.[2]).toBe(table);
});
