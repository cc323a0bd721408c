import {readdirSync, readFileSync} from 'node:fs';
import {dirname, join, relative, resolve} from 'node:path';
import {expect, test} from 'vitest';

/*
 * The import rules. Data flows one way: commands → operations → port → driver → client library. Whoever renders cannot
 * reach a broker, and whoever talks to a broker cannot print.
 */

const root = resolve(import.meta.dirname, '..');
const contract = ['brokers/port', 'brokers/capabilities', 'brokers/errors'];

/** Room → the rooms and packages its files may import; a room is a folder of src, a driver's, or one file of brokers. */
const rules: Readonly<Record<string, {rooms: readonly string[]; packages: readonly string[]}>> = {
  commands: {rooms: ['shell', 'operations', 'output', 'live', 'metrics', 'model'], packages: ['@oclif/core']},
  // The shell may name operations' types only through commands; it opens brokers for them.
  shell: {rooms: ['brokers/registry', ...contract, 'output', 'model'], packages: ['@oclif/core', 'yaml']},
  // Operations decode bodies to show them, and raise the port's own failures.
  operations: {rooms: [...contract, 'formats', 'model'], packages: []},
  'brokers/port': {rooms: ['brokers/capabilities', 'model'], packages: []},
  'brokers/capabilities': {rooms: ['model'], packages: []},
  'brokers/errors': {rooms: ['model'], packages: []},
  'brokers/registry': {
    rooms: ['brokers/port', 'brokers/file', 'brokers/kafka', 'brokers/rabbitmq', 'brokers/nats', 'model'],
    packages: [],
  },
  'brokers/file': {rooms: [...contract, 'model'], packages: []},
  'brokers/kafka': {rooms: [...contract, 'model'], packages: ['kafkajs', 'snappyjs', 'lz4-napi', '@bokuweb/zstd-wasm']},
  'brokers/rabbitmq': {rooms: [...contract, 'model'], packages: ['amqplib']},
  'brokers/nats': {rooms: [...contract, 'model'], packages: ['nats']},
  model: {rooms: [], packages: []},
  formats: {rooms: ['model'], packages: ['avsc', 'protobufjs']},
  output: {rooms: ['model'], packages: ['cli-table3', 'get-east-asian-width', 'yaml']},
  live: {rooms: ['model', 'output'], packages: ['ink', 'react']},
  metrics: {rooms: ['model'], packages: ['prom-client']},
};

const files = readdirSync(join(root, 'src'), {recursive: true, encoding: 'utf8'}).filter(name => /\.tsx?$/.test(name));
const sources = files.map(file => ({file, text: readFileSync(join(root, 'src', file), 'utf8')}));

function roomOf(file: string): string {
  const [top = '', second = ''] = file.split('/');
  return top === 'brokers' ? `brokers/${second.replace(/\.ts$/, '')}` : top;
}

function importsOf(text: string): string[] {
  return [...text.matchAll(/(?:^(?:import|export)[^;]*?from\s+|^import\s+|\bimport\()\s*['"]([^'"]+)['"]/gm)].map(
    match => match[1] ?? '',
  );
}

function wrongEdge(file: string, specifier: string): string | null {
  const room = roomOf(file);
  const rule = rules[room];
  if (!rule) return `${file}: no rule for the folder ${room}`;
  if (specifier.startsWith('node:')) return null;
  if (specifier.startsWith('.')) {
    const target = relative(join(root, 'src'), resolve(root, 'src', dirname(file), specifier));
    if (target.startsWith('..'))
      return target === '../package.json' ? null : `${file} reaches outside src: ${specifier}`;
    const to = roomOf(target);
    return to === room || rule.rooms.includes(to) ? null : `${file} (${room}) may not import ${target} (${to})`;
  }
  const name = specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
  return rule.packages.includes(name) ? null : `${file} (${room}) may not import the package ${name}`;
}

test('the source tree was found', () => {
  expect(files.length).toBeGreaterThan(20);
});

test('every import is an edge that the design allows', () => {
  const wrong = sources
    .flatMap(({file, text}) => importsOf(text).map(specifier => wrongEdge(file, specifier)))
    .filter(Boolean);
  expect(wrong).toEqual([]);
});

test('a wrong edge is seen', () => {
  expect(wrongEdge('operations/lag.ts', '../brokers/kafka/driver.ts')).toContain('may not import');
  expect(wrongEdge('output/table.ts', 'kafkajs')).toContain('may not import the package');
  expect(importsOf(`import type {A} from './a.ts';\nconst b = await import('./b.ts');`)).toEqual(['./a.ts', './b.ts']);
});

test('no barrel and no room without a noun', () => {
  expect(files.filter(file => /(?:^|\/)(?:index|utils?|helpers?|managers?|common)(?:\.tsx?|\/)/.test(file))).toEqual(
    [],
  );
});

test('only the shell and the output print or end the process', () => {
  const loud = sources.filter(
    ({file, text}) => !/^(?:shell|output)\//.test(file) && /\bconsole\.|\bprocess\.(?:exit|stdout|stderr)\b/.test(text),
  );
  expect(loud.map(({file}) => file)).toEqual([]);
});

test('operations name no system', () => {
  const named = sources.filter(
    ({file, text}) => file.startsWith('operations/') && /'(?:kafka|rabbitmq|nats|pulsar|kinesis)'/.test(text),
  );
  expect(named.map(({file}) => file)).toEqual([]);
});
