import {randomBytes} from 'node:crypto';
import {mkdirSync, writeFileSync} from 'node:fs';
import {dirname} from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {kafka, rabbitmq, tool, uniqueName} from '../brokers/real.ts';
import {Home, type Ran} from './binary.ts';

/*
 * What only a real server can answer: a wrong password, the wrong idea of TLS, a login without rights.
 */
const home = new Home();
const wrong = `Wr0ng-${randomBytes(6).toString('hex')}`;
const outputs: Ran[] = [];

/** Runs, and keeps the output for the test that looks for secrets. */
async function brokerctl(...args: string[]): Promise<Ran> {
  const ran = await home.run([...args, '--timeout', '10s'], {BROKERCTL_DEBUG: '1'});
  outputs.push(ran);
  return ran;
}

beforeAll(() => {
  const {sasl, saslTls, tls, plain, users, ca} = kafka();
  const rabbit = rabbitmq('4.0');
  const hostOf = (url: string): string => url.replace(/^.*@/, '');
  const login = (user: string, password: string): object => ({username: user, passwordCommand: `echo '${password}'`});
  const contexts = {
    'kafka-wrong': {url: `${sasl.url}?sasl=scram-sha-256`, auth: login('alice', wrong)},
    'kafka-wrong-plain': {url: `${saslTls.url}?sasl=plain`, auth: login('alice', wrong), tls: {ca}},
    'kafka-nobody': {url: `${sasl.url}?sasl=plain`, auth: login('nobody', users.nobody)},
    'kafka-untrusted': {url: tls.url},
    'kafka-tls-to-plain': {url: plain.url.replace('kafka:', 'kafka+tls:')},
    'kafka-plain-to-tls': {url: tls.url.replace('kafka+tls:', 'kafka:')},
    'rabbit-wrong': {url: `amqp://${hostOf(rabbit.url)}`, auth: login('guest', wrong)},
    // A virtual host where only guest has rights.
    'rabbit-nobody': {
      url: `amqp://127.0.0.1:${rabbit.amqpPort}/${rabbit.vhost}?management=${rabbit.managementUrl}`,
      auth: login('nobody', rabbit.users.nobody),
    },
    // Without management, so that AMQP must be spoken.
    'rabbit-untrusted': {
      url: `amqps://localhost:${rabbit.tlsPort}?management=http://127.0.0.1:1`,
      auth: login('guest', 'guest'),
    },
    'rabbit-vhost': {url: `amqp://127.0.0.1:${rabbit.amqpPort}/${uniqueName('none')}`, auth: login('guest', 'guest')},
  };
  mkdirSync(dirname(home.config), {recursive: true});
  // JSON is YAML.
  writeFileSync(home.config, JSON.stringify({contexts}), {mode: 0o600});
});
afterAll(() => home[Symbol.dispose]());

test.each(['kafka-wrong', 'kafka-wrong-plain', 'rabbit-wrong'])('%s: a wrong password is denied', async context => {
  const {code, stderr} = await brokerctl('depth', '-c', context);
  expect(code, stderr).toBe(77);
  expect(stderr).toMatch(/^Error \[.*\]: .+/m);
  expect(stderr).toMatch(/^ {2}Try: .+/m);
});

test.each(['kafka-untrusted', 'rabbit-untrusted'])(
  '%s: a certificate that nobody vouches for is bad configuration',
  async context => {
    const {code, stderr} = await brokerctl('depth', '-c', context);
    expect(code, stderr).toBe(78);
    expect(stderr).toMatch(/certificate/i);
  },
);

test.each(['kafka-tls-to-plain', 'kafka-plain-to-tls'])(
  '%s: a server that speaks otherwise is told apart from a bug',
  async context => {
    const {code, stderr} = await brokerctl('depth', '-c', context);
    expect([69, 75, 78], stderr).toContain(code);
    expect(stderr).toMatch(/TLS/);
  },
);

test('rabbit-vhost: a virtual host that does not exist', async () => {
  const {code, stderr} = await brokerctl('depth', '-c', 'rabbit-vhost');
  expect([66, 77], stderr).toContain(code);
  expect(stderr).toMatch(/vhost|virtual host/i);
});

test('kafka-nobody: a login without rights to a topic is denied', async () => {
  const name = uniqueName('forbidden');
  const {plain} = kafka();
  await tool(kafka(), 'kafka-topics', ['--bootstrap-server', plain.bootstrap, '--create', '--topic', name]);
  const {code, stderr} = await brokerctl('peek', name, '-c', 'kafka-nobody');
  expect(code, stderr).toBe(77);
  expect(stderr).toContain(name);
});

test('rabbit-nobody: to a login without rights RabbitMQ does not tell whether the virtual host exists', async () => {
  const {code, stderr} = await brokerctl('depth', 'any', '-c', 'rabbit-nobody');
  expect([66, 77], stderr).toContain(code);
  expect(stderr).toContain('"second" for nobody');
});

test('no output or trace of these holds a password', () => {
  const {users} = kafka();
  expect(outputs.length).toBeGreaterThan(8);
  for (const password of [wrong, users.nobody, users.alice, rabbitmq('4.0').users.nobody])
    for (const {stdout, stderr} of outputs) expect(stdout + stderr).not.toContain(password);
});
