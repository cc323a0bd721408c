import {readFileSync} from 'node:fs';
import {createServer} from 'node:net';
import type {AddressInfo} from 'node:net';
import {afterAll, expect, onTestFinished, test} from 'vitest';
import {kafkaDriver} from '../../../src/brokers/kafka/driver.ts';
import {everything} from '../../../src/model/name-filter.ts';
import {Secret} from '../../../src/model/secret.ts';
import type {Target} from '../../../src/model/target.ts';
import {kafka} from '../real.ts';
import {Situation, all, named, soon, targetOf} from './situation.ts';

const broker = kafka();
const ca = {ca: readFileSync(broker.ca, 'utf8')};
const situation = new Situation(broker);

afterAll(() => situation[Symbol.asyncDispose]());

const login = (username: 'admin' | 'alice' | 'nobody', password: string = broker.users[username]) => ({
  credentials: {username, password: new Secret(password)},
});

/** Opens, asks for the topics' names, and closes. */
async function names(url: string, parts: Partial<Target> = {}): Promise<readonly string[]> {
  await using open = await kafkaDriver.open(targetOf(url, parts), {signal: soon()});
  expect(open.server).toMatchObject({product: 'Apache Kafka', cluster: expect.stringMatching(/.{20,}/) as string});
  const {items} = await open.inspector.destinations({names: everything, internal: true}, soon());
  return items.map(({name}) => name);
}

test('every listener and mechanism shows the same topics', async () => {
  await situation.admin.connect();
  const topic = await situation.topic('listeners', 1);
  const ways: [string, Partial<Target>][] = [
    [broker.plain.url, {}],
    [broker.tls.url, {tls: ca}],
    [broker.sasl.url, login('admin')],
    ...['plain', 'scram-sha-256', 'scram-sha-512'].flatMap((mechanism): [string, Partial<Target>][] => [
      [`${broker.sasl.url}?sasl=${mechanism}`, login('alice')],
      [`${broker.saslTls.url}?sasl=${mechanism}`, {...login('alice'), tls: ca}],
    ]),
  ];
  for (const [url, parts] of ways) expect(await names(url, parts)).toContain(topic);
});

test('a bootstrap server that is down does not matter while another is up', async () => {
  await expect(names(`kafka://127.0.0.1:1,${broker.plain.bootstrap}`)).resolves.toBeDefined();
});

test.each<[string, string, Partial<Target>, {kind: string; broker?: unknown; message?: unknown}]>([
  [
    'a refused connection',
    'kafka://127.0.0.1:1',
    {},
    {kind: 'unreachable', broker: expect.stringContaining('ECONNREFUSED')},
  ],
  ['a name that does not resolve', 'kafka://nowhere.invalid:9092', {}, {kind: 'unreachable'}],
  ['a wrong password', `${broker.sasl.url}?sasl=plain`, login('alice', 'wrong'), {kind: 'denied'}],
  ['a wrong SCRAM password', `${broker.sasl.url}?sasl=scram-sha-256`, login('alice', 'wrong'), {kind: 'denied'}],
  [
    'a mechanism the server has not',
    `${broker.sasl.url}?sasl=oauthbearer`,
    {credentials: {token: new Secret('t')}},
    {kind: 'config'},
  ],
  [
    'no login where one is wanted',
    broker.sasl.url,
    {},
    {kind: 'unreachable', message: expect.stringContaining('closed the connection')},
  ],
  ['an unknown authority', broker.tls.url, {tls: {}}, {kind: 'config'}],
  [
    'a wrong host name',
    broker.tls.url.replace('localhost', '127.0.0.1'),
    {tls: {...ca, serverName: 'elsewhere'}},
    {kind: 'config'},
  ],
  ['TLS to a listener without', broker.plain.url.replace('kafka:', 'kafka+tls:'), {tls: ca}, {kind: 'config'}],
  [
    'no TLS to a listener with',
    broker.tls.url.replace('+tls', ''),
    {},
    {kind: 'config', message: expect.stringContaining('wants TLS')},
  ],
  ['a mechanism that is none', `${broker.sasl.url}?sasl=magic`, {}, {kind: 'usage'}],
  ['a mechanism without a password', `${broker.sasl.url}?sasl=plain`, {}, {kind: 'config'}],
])('%s is a failure with its kind', async (_, url, parts, failure) => {
  const opened = names(url, parts);
  await expect(opened).rejects.toMatchObject({name: 'Failure', ...failure});
  await opened.catch((error: unknown) => expect(JSON.stringify(error)).not.toContain('wrong"'));
});

test('a server that accepts and says nothing is given up after the time limit', async () => {
  const server = createServer(socket => socket.on('error', () => undefined)).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await new Promise(resolve => server.once('listening', resolve));
  const url = `kafka://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await expect(names(url, {timeoutMs: 300})).rejects.toMatchObject({kind: 'tryAgain'});
  const controller = new AbortController();
  const opening = kafkaDriver.open(targetOf(url, {timeoutMs: 60_000}), {signal: controller.signal});
  setTimeout(() => controller.abort(), 50);
  await expect(opening).rejects.toMatchObject({kind: 'interrupted'});
});

test('without rights topics and groups are not shown; one named in full is shown with the reason', async () => {
  await situation.admin.connect();
  const topic = await situation.topic('secret', 1);
  const group = `${topic}-group`;
  await situation.commit(group, topic, new Map([[0, 0n]]));
  await using open = await kafkaDriver.open(targetOf(`${broker.sasl.url}?sasl=plain`, login('nobody')), {
    signal: soon(),
  });
  const listed = await open.inspector.destinations({names: everything, internal: true}, soon());
  expect(listed.items).toEqual([]);
  const one = await open.inspector.destinations({names: named(topic), internal: false}, soon());
  expect(one.items[0]?.partitions).toMatchObject([
    {depth: {messages: null}, problem: expect.stringContaining('TOPIC_AUTHORIZATION_FAILED') as string},
  ]);
  const groups = await open.inspector.subscriptions({...all, names: named(group)}, soon());
  expect(groups.items).toMatchObject([
    {name: group, members: null, problem: expect.stringContaining('GROUP_AUTHORIZATION_FAILED') as string},
  ]);
  await expect(open.inspector.describe(topic, soon())).rejects.toMatchObject({kind: 'denied'});
});
