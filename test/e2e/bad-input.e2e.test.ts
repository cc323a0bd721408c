import {mkdirSync, writeFileSync} from 'node:fs';
import {createServer, type AddressInfo, type Server} from 'node:net';
import {dirname} from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {Home} from './binary.ts';

/** The three parts of an error on stderr: what could not be done, what was answered, what to try. */
function parts(stderr: string): {what: string; reason: string; hints: string} {
  const match = /^Error(?: \[[^\]]*\])?: (.*?)(?:\n {2}Reason: (.*?))?(?:\n {2}Try: (.*))?$/s.exec(stderr.trimEnd());
  return {what: match?.[1] ?? '', reason: match?.[2] ?? '', hints: match?.[3] ?? ''};
}

const home = new Home();
let silent: Server;
let silentPort: number;
let closedPort: number;

beforeAll(async () => {
  silent = createServer(socket => void socket.on('error', () => undefined));
  silentPort = await listening(silent);
  const gone = createServer();
  closedPort = await listening(gone);
  await new Promise(done => gone.close(done));
});
afterAll(() => {
  silent.close();
  home[Symbol.dispose]();
});

function listening(server: Server): Promise<number> {
  return new Promise(done => server.listen(0, '127.0.0.1', () => done((server.address() as AddressInfo).port)));
}

test.each([
  ['an unknown command', ['dpeth'], 'There is no command "dpeth"', 'brokerctl depth'],
  ['an unknown command of a topic', ['context', 'lst'], 'There is no command "context lst"', 'brokerctl context list'],
  ['a flag before the command', ['-c', 'prod', 'depth'], '-c stands before any command', 'brokerctl depth -c prod'],
  ['an unknown flag', ['depth', '--contxt', 'x'], 'Unknown flag: --contxt', 'Did you mean --context?'],
  ['a missing argument', ['context', 'use'], 'Missing 1 required arg', '--help'],
  ['an argument too many', ['version', 'x'], 'Unexpected argument: x', '--help'],
  ['a value that is not offered', ['depth', '-o', 'xml'], 'Expected --output=xml to be one of: table, wide', '--help'],
  ['a duration without a unit', ['depth', '--timeout', '5'], '--timeout: "5" is not a duration', '500ms'],
  ['a duration that no timer holds', ['lag', '--over', '60d'], '--over: "60d" is not between 1ms and 24d', 'again'],
  ['a number too small', ['peek', 'x', '--limit', '0'], '--limit: Expected an integer greater', '--help'],
  ['a context without a host', ['context', 'add', 'x', 'kafka://'], 'no place to connect to', 'kafka://host'],
  [
    'a column that is none',
    ['depth', '-u', 'kafka://127.0.0.1:1', '--columns', 'x'],
    '"x" is not a column',
    'messages',
  ],
  ['a sort key that is none', ['lag', '-u', 'kafka://127.0.0.1:1', '--sort', '-x'], '"x" is not a column', 'lag'],
  [
    'rows to sort that come one by one',
    ['peek', 'x', '-u', 'kafka://127.0.0.1:1', '--sort', 'key'],
    'cannot sort',
    'csv',
  ],
  ['an unknown context', ['depth', '-c', 'nope'], 'There is no context "nope"', 'context add'],
  ['no context at all', ['lag'], 'No broker was named', 'brokerctl demo'],
  ['an unknown URL scheme', ['depth', '-u', 'kafkaa://h'], '"kafkaa" is not a broker URL scheme', 'kafka'],
  ['a URL that is none', ['depth', '-u', 'localhost'], 'That is not a broker URL', 'scheme://host:port'],
  ['a port that is none', ['depth', '-u', 'kafka://h:99999'], 'is not a host and port', 'host:port'],
])('%s is a usage error before any I/O', async (_, args, what, hint) => {
  const {code, stdout, stderr} = await home.run(args);
  expect(code).toBe(64);
  expect(stdout).toBe('');
  expect(parts(stderr).what).toContain(what);
  expect(parts(stderr).hints).toContain(hint);
});

test('with -o json the error is a document on stdout, and stderr is quiet', async () => {
  const {code, stdout, stderr} = await home.run(['depth', '-u', 'kafkaa://h', '-o', 'json']);
  expect(code).toBe(64);
  expect(stderr).toBe('');
  const document = JSON.parse(stdout) as {error: object};
  expect(Object.keys(document)).toEqual(['command', 'version', 'error']);
  expect(Object.keys(document.error)).toEqual(['kind', 'message', 'broker', 'hints', 'context']);
  expect(document).toMatchObject({command: 'depth', version: 1, error: {kind: 'usage'}});
});

test('a document cannot be watched', async () => {
  const {code, stdout} = await home.run(['depth', '-u', 'file:x', '--watch', '-o', 'json']);
  expect(code).toBe(64);
  expect(JSON.parse(stdout)).toMatchObject({error: {hints: ['Use -o ndjson: one row a line.']}});
});

test('that holds for flags that do not parse', async () => {
  const {code, stdout} = await home.run(['context', 'list', '--nope', '--json']);
  expect(code).toBe(64);
  expect(JSON.parse(stdout)).toMatchObject({
    command: 'context list',
    error: {kind: 'usage', message: 'Unknown flag: --nope'},
  });
});

test.each(['kafka', 'amqp'])('%s: a server that refuses is unreachable', async scheme => {
  const {code, stderr} = await home.run(['depth', '-u', `${scheme}://127.0.0.1:${closedPort}`, '--timeout', '5s']);
  expect({code, what: parts(stderr).what}).toEqual({
    code: 69,
    what: `Could not connect to ${scheme}://127.0.0.1:${closedPort}`,
  });
  expect(parts(stderr).reason).toContain('ECONNREFUSED');
  expect(parts(stderr).hints).toContain('context test');
});

test.each(['kafka', 'amqp'])('%s: a server that never answers is given up after --timeout', async scheme => {
  const {code, stderr} = await home.run(['depth', '-u', `${scheme}://127.0.0.1:${silentPort}`, '--timeout', '1s']);
  expect(code, stderr).toBe(75);
  expect(parts(stderr).what).toContain('did not answer within 1s');
  expect(parts(stderr).hints).toContain('--timeout');
});

test.each(['kafka', 'amqp'])('%s: Ctrl-C while connecting ends with 130', async scheme => {
  const child = home.start(['depth', '-u', `${scheme}://127.0.0.1:${silentPort}`, '--timeout', '60s']);
  const connected = new Promise(done => silent.once('connection', done));
  const end = new Promise<number | null>(done => child.on('close', done));
  await connected;
  child.kill('SIGINT');
  expect(await end).toBe(130);
});

test('a malformed configuration is told with its line', async () => {
  mkdirSync(dirname(home.config), {recursive: true});
  writeFileSync(home.config, 'current: a\ncontexts:\n  a:\n    url: file:x\n    protcted: true\n');
  const {code, stderr} = await home.run(['context', 'list']);
  expect(code).toBe(78);
  expect(parts(stderr).what).toBe(
    `${home.config}:5:5: unknown key "protcted" in contexts.a; did you mean "protected"?`,
  );
  expect(parts(stderr).reason).toBe('5 |     protcted: true\n                  ^');
  writeFileSync(home.config, 'contexts:\n  a: {url: "file:x\n');
  expect((await home.run(['depth', '-c', 'a'])).code).toBe(78);
  writeFileSync(home.config, '');
});

test('a configuration that is named and not there is bad configuration', async () => {
  const {code, stderr} = await home.run(['depth', '--config', 'none.yaml', '-c', 'a']);
  expect(code).toBe(78);
  expect(parts(stderr).reason).toContain('ENOENT');
});
