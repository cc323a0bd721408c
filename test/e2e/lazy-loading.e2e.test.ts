import {mkdtempSync, readdirSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {ended, Home} from './binary.ts';

/*
 * The bundle holds every dependency in one file, each in a function that runs when it is first needed. V8's coverage tells
 * which of them ran.
 */
async function packagesUsedBy(args: readonly string[]): Promise<string[]> {
  using home = new Home();
  const folder = mkdtempSync(join(tmpdir(), 'brokerctl-coverage-'));
  try {
    await ended(home.start(args, {NODE_V8_COVERAGE: folder}));
    const used = new Set<string>();
    for (const file of readdirSync(folder)) {
      const {result} = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Coverage;
      for (const {functionName, ranges} of result.flatMap(script => script.functions)) {
        const name = /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(functionName)?.[1];
        if (name !== undefined && (ranges[0]?.count ?? 0) > 0) used.add(name);
      }
    }
    return [...used].sort();
  } finally {
    rmSync(folder, {recursive: true});
  }
}

interface Coverage {
  readonly result: readonly {
    readonly functions: readonly {
      readonly functionName: string;
      readonly ranges: readonly {readonly count: number}[];
    }[];
  }[];
}

const clients = ['kafkajs', 'amqplib', 'nats'];

test('--version loads no package at all', async () => {
  expect(await packagesUsedBy(['--version'])).toEqual([]);
});

test.each([[['--help']], [['lag', '--help']]])('%s loads neither a client nor what renders results', async args => {
  const used = await packagesUsedBy(args);
  expect(used).toContain('@oclif/core');
  for (const name of [...clients, 'cli-table3', 'yaml']) expect(used).not.toContain(name);
});

test('a command loads the client of the broker that it was given, and no other', async () => {
  const kafka = await packagesUsedBy(['lag', '-u', 'kafka://127.0.0.1:1']);
  expect(kafka).toContain('kafkajs');
  expect(kafka).not.toContain('amqplib');
  const file = await packagesUsedBy(['lag', '-u', 'file:.']);
  for (const name of [...clients, 'yaml']) expect(file).not.toContain(name);
});
