import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {loadConfig} from '../../src/shell/config.ts';
import {addContexts, removeContexts} from './contexts.ts';
import {kafkaBroker} from './kafka-config.ts';
import {clientPorts, rabbitmqBroker} from './rabbitmq-config.ts';

let folder = '';
let file = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'contexts-'));
  file = join(folder, 'config.yaml');
});
afterEach(() => rmSync(folder, {recursive: true}));

const parts = {ca: '/tls/ca.pem', tools: '/tools', nodes: []};
const kafka = kafkaBroker([{plain: 1, tls: 2, sasl: 3, saslTls: 4, controller: 5}], parts);
const rabbitmq = rabbitmqBroker(clientPorts(10), {version: '4.0.5', ca: '/tls/ca.pem', tools: '/tools'});
const mine = `# my brokers
contexts:
  # not to be touched
  local-kafka:
    url: kafka://mine:9092
current: local-kafka
`;

test('what is added is a configuration that the program reads', async () => {
  await addContexts(file, 'kafka', kafka);
  await addContexts(file, 'rabbitmq-4.0', rabbitmq);
  const {contexts, current} = await loadConfig(file);
  expect([...contexts.keys()]).toEqual([
    'local-kafka',
    'local-kafka-tls',
    'local-kafka-sasl',
    'local-rabbitmq-4.0',
    'local-rabbitmq-4.0-tls',
  ]);
  expect(current).toBe('local-kafka');
  expect(contexts.get('local-kafka-sasl')).toMatchObject({
    url: 'kafka+tls://localhost:4?sasl=scram-sha-256',
    auth: {username: 'admin'},
    tls: {ca: '/tls/ca.pem'},
  });
  expect(readFileSync(file, 'utf8')).not.toContain('admin-secret');
});

test('what was there stays as it was, and is said', async () => {
  writeFileSync(file, mine);
  expect(await addContexts(file, 'kafka', kafka)).toEqual({
    added: ['local-kafka-tls', 'local-kafka-sasl'],
    existing: ['local-kafka'],
  });
  const text = readFileSync(file, 'utf8');
  expect(text).toContain('# my brokers');
  expect(text).toContain('  # not to be touched\n  local-kafka:\n    url: kafka://mine:9092');
});

test('taking contexts back leaves the rest', async () => {
  writeFileSync(file, mine);
  const {added} = await addContexts(file, 'kafka', kafka);
  await removeContexts(file, added);
  expect(readFileSync(file, 'utf8')).toBe(mine);
});

test('a configuration that was empty is empty again', async () => {
  const {added} = await addContexts(file, 'rabbitmq-4.0', rabbitmq);
  await removeContexts(file, added);
  const {contexts, current} = await loadConfig(file);
  expect([contexts.size, current]).toEqual([0, null]);
});

test('a broken configuration is not written over', async () => {
  writeFileSync(file, 'contexts: [');
  await expect(addContexts(file, 'kafka', kafka)).rejects.toThrow(file);
  expect(readFileSync(file, 'utf8')).toBe('contexts: [');
});
