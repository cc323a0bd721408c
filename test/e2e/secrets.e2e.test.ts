import {chmodSync, mkdirSync, writeFileSync} from 'node:fs';
import {createServer, type AddressInfo} from 'node:net';
import {dirname, join} from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {Home} from './binary.ts';

const secret = 'Hunter2-s3cret/+';
const home = new Home();
let port: number;
const server = createServer(socket => void socket.on('error', () => undefined).end('not a broker\r\n'));

beforeAll(async () => {
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done));
  port = (server.address() as AddressInfo).port;
  const file = join(home.folder, 'password');
  writeFileSync(file, `${secret}\n`);
  chmodSync(file, 0o644);
  mkdirSync(dirname(home.config), {recursive: true});
  writeFileSync(
    home.config,
    `contexts:
  kafka-file: {url: "kafka://127.0.0.1:${port}?sasl=plain", auth: {username: app, passwordFile: ${file}}}
  kafka-env: {url: "kafka://127.0.0.1:${port}?sasl=scram-sha-256", auth: {username: app, passwordEnv: PW}}
  kafka-command: {url: "kafka://127.0.0.1:${port}?sasl=plain", auth: {username: app, passwordCommand: "cat ${file}"}}
  kafka-url: {url: "kafka://app:${encodeURIComponent(secret)}@127.0.0.1:${port}?sasl=plain"}
  rabbit-file: {url: "amqp://127.0.0.1:${port}", auth: {username: app, passwordFile: ${file}}}
  rabbit-url: {url: "amqp://app:${encodeURIComponent(secret)}@127.0.0.1:${port}/"}
`,
  );
});
afterAll(() => {
  server.close();
  home[Symbol.dispose]();
});

/** The secret in every form it is likely to be written in. */
const forms = [
  secret,
  encodeURIComponent(secret),
  Buffer.from(secret).toString('base64'),
  Buffer.from(`\0app\0${secret}`).toString('base64'),
];

test.each(['kafka-file', 'kafka-env', 'kafka-command', 'kafka-url', 'rabbit-file', 'rabbit-url'])(
  '%s: no output, error or trace holds the secret',
  async context => {
    for (const args of [
      ['context', 'test', context, '--timeout', '2s'],
      ['depth', '-c', context, '--timeout', '2s', '-o', 'json'],
    ]) {
      const {code, stdout, stderr} = await home.run(args, {PW: secret, BROKERCTL_DEBUG: '1'});
      expect(code).toBeGreaterThan(1);
      expect(code, stderr).not.toBe(70);
      for (const form of forms) expect(stdout + stderr).not.toContain(form);
    }
  },
);

test('neither do the commands that show the configuration', async () => {
  for (const args of [
    ['context', 'list'],
    ['context', 'list', '-o', 'json'],
    ['context', 'show', 'kafka-url'],
    ['context', 'list', '-o', 'wide'],
  ]) {
    const {code, stdout, stderr} = await home.run(args);
    expect(code, stderr).toBe(0);
    for (const form of forms) expect(stdout).not.toContain(form);
  }
});

test('a secret that others can read, or that stands in the URL, is warned about', async () => {
  expect((await home.run(['depth', '-c', 'kafka-file', '--timeout', '2s'])).stderr).toContain('chmod 600');
  expect((await home.run(['depth', '-c', 'kafka-url', '--timeout', '2s'])).stderr).toContain(
    'The password stands in the URL',
  );
});
