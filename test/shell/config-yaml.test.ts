import {expect, test} from 'vitest';
import {Failure} from '../../src/model/failure.ts';
import {parseConfig} from '../../src/shell/config-yaml.ts';

function failureOf(text: string): Failure {
  try {
    parseConfig(text, '/etc/brokerctl/config.yaml');
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error('the configuration was read');
}

test('every key is read, files relative to the configuration', () => {
  const config = parseConfig(
    `current: prod
contexts:
  prod:
    url: amqps://rabbit.example.com/orders
    protected: true
    readonly: true
    tls: {ca: ca.pem, serverName: rabbit, insecure: false}
    auth: &login {username: app, passwordFile: secret}
    deadLetters: [{source: orders-*, destination: orders.dlq}, {destination: dead}]
    labels: {team: payments, tier: 1}
  other:
    url: kafka://h:9092
    auth: *login
  plain:
    url: kafka+tls://h:9092
    tls: true
`,
    '/etc/brokerctl/config.yaml',
  );
  expect(config.current).toBe('prod');
  expect(config.contexts.get('prod')).toEqual({
    url: 'amqps://rabbit.example.com/orders',
    protected: true,
    readonly: true,
    tls: {ca: '/etc/brokerctl/ca.pem', serverName: 'rabbit', insecure: false},
    auth: {username: 'app', passwordFile: '/etc/brokerctl/secret'},
    deadLetters: [
      {source: 'orders-*', destination: 'orders.dlq'},
      {source: null, destination: 'dead'},
    ],
    labels: {team: 'payments', tier: '1'},
  });
  expect(config.contexts.get('other')?.auth).toEqual({username: 'app', passwordFile: '/etc/brokerctl/secret'});
  expect(config.contexts.get('plain')?.tls).toEqual({});
});

test('an empty file is an empty configuration', () => {
  expect(parseConfig('', 'c.yaml').contexts.size).toBe(0);
  expect(parseConfig('contexts:\n', 'c.yaml').contexts.size).toBe(0);
});

test.each([
  ['broken YAML', 'contexts:\n  a: [1\n', /:\d+:\d+: /, null],
  [
    'an unknown key',
    'contexts:\n  a:\n    url: file:x\n    protcted: true\n',
    /:4:5: unknown key "protcted" .* did you mean "protected"/,
    '4 |     protcted: true',
  ],
  [
    'a wrong type',
    'contexts:\n  a:\n    url: file:x\n    readonly: maybe\n',
    /:4:15: contexts.a.readonly must be true or false/,
    '4 |     readonly: maybe',
  ],
  ['no url', 'contexts:\n  a: {protected: true}\n', /:2:6: contexts.a has no url/, '2 |   a: {protected: true}'],
  ['a list for a map', 'contexts: [a]\n', /:1:11: contexts must hold names and values/, '1 | contexts: [a]'],
  [
    'a route without its end',
    'contexts:\n  a:\n    url: file:x\n    deadLetters: [{source: x}]\n',
    /no destination/,
    '4 |',
  ],
])('%s is told with its line', (_, text, message, line) => {
  const failure = failureOf(text);
  expect(failure.kind).toBe('config');
  expect(failure.message).toMatch(message);
  expect(failure.message).toContain('/etc/brokerctl/config.yaml:');
  if (line !== null) expect(failure.broker).toContain(line);
});

test('the line that is shown keeps a secret to itself', () => {
  const failure = failureOf('contexts:\n  a:\n    url: file:x\n    auth:\n      password: hunter2\n');
  expect(failure.message).toContain('unknown key "password"');
  expect(failure.broker).toContain('password: ***');
  expect(`${failure.message}${failure.broker}`).not.toContain('hunter2');
});
