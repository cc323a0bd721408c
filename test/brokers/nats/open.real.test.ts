import {readFileSync} from 'node:fs';
import {connect} from 'nats';
import {expect, test} from 'vitest';
import {natsDriver} from '../../../src/brokers/nats/driver.ts';
import type {Broker} from '../../../src/brokers/port.ts';
import type {FailureKind} from '../../../src/model/failure.ts';
import {nameFilter} from '../../../src/model/name-filter.ts';
import {Secret} from '../../../src/model/secret.ts';
import type {Target} from '../../../src/model/target.ts';
import {freePorts} from '../ports.ts';
import {nats, uniqueName} from '../real.ts';
import {targetOf} from './target.ts';

const {signal} = new AbortController();
const open = (target: Target): Promise<Broker> => natsDriver.open(target, {signal});
const as = (user: 'app' | 'watcher' | 'bare' | 'sys'): Target => {
  const {clientPort, users} = nats();
  return targetOf(`nats://127.0.0.1:${clientPort}`, {credentials: {username: user, password: new Secret(users[user])}});
};
const fails = async (target: Target, kind: FailureKind): Promise<void> => {
  await expect(open(target)).rejects.toMatchObject({name: 'Failure', kind});
};

test('says what the server is', async () => {
  await using broker = await open(as('app'));
  expect(broker.server).toMatchObject({product: 'NATS', version: nats().version, warnings: []});
});

test('takes a token over TLS with the CA of the context', async () => {
  const {tlsUrl, ca, token} = nats();
  const tls = {ca: readFileSync(ca, 'utf8')};
  await using broker = await open(targetOf(tlsUrl, {tls, credentials: {token: new Secret(token)}}));
  expect(broker.server.version).toBe(nats().version);
});

test('TLS that is wrong is a matter of configuration', async () => {
  const {tlsUrl, url, token} = nats();
  await fails(targetOf(tlsUrl, {tls: {}, credentials: {token: new Secret(token)}}), 'config');
  await fails(targetOf(url, {tls: {}}), 'config');
});

test('a wrong or missing login is denied', async () => {
  const {clientPort, tlsUrl, ca} = nats();
  const plain = `nats://127.0.0.1:${clientPort}`;
  await fails(targetOf(plain), 'denied');
  await fails(targetOf(plain, {credentials: {username: 'app', password: new Secret('wrong')}}), 'denied');
  const tls = {ca: readFileSync(ca, 'utf8')};
  await fails(targetOf(tlsUrl, {tls, credentials: {token: new Secret('wrong')}}), 'denied');
});

test('an account without JetStream, and a domain that is not there, are said', async () => {
  await fails(as('bare'), 'unsupported');
  await fails(targetOf(`${nats().url}?domain=nowhere`), 'unsupported');
});

test('no server is unreachable', async () => {
  await fails(targetOf(`nats://127.0.0.1:${await freePorts(1)}`), 'unreachable');
});

test('a creds file that is not there is a matter of configuration', async () => {
  await fails(targetOf(`${nats().url}?creds=/nonexistent/user.creds`), 'config');
});

test('the API is found by its prefix too', async () => {
  await using broker = await open(targetOf(`${nats().url}?prefix=$JS.API`));
  expect(broker.server.product).toBe('NATS');
});

test('who may look but not read is denied at reading and writing, and at nothing before', async () => {
  const {clientPort, users} = nats();
  const link = await connect({servers: `127.0.0.1:${clientPort}`, user: 'app', pass: users.app});
  const manager = await link.jetstreamManager();
  const name = uniqueName('guarded');
  await manager.streams.add({name, subjects: [`${name}.in`], allow_direct: true});
  await link.jetstream().publish(`${name}.in`, 'secret');
  try {
    await using broker = await open(as('watcher'));
    const {items} = await broker.inspector.destinations({names: nameFilter([name]), internal: false}, signal);
    expect(items[0]?.partitions[0]?.depth.messages).toBe(1);
    const range = {destination: name, from: {at: 'earliest'}, until: {at: 'latest'}, follow: false} as const;
    const limits = {batchMessages: 10, batchBytes: 1_000_000, messages: null};
    const read = broker.reader?.read(range, limits, signal)[Symbol.asyncIterator]().next();
    await expect(read).rejects.toMatchObject({name: 'Failure', kind: 'denied'});
    const session = await broker.writer?.open(name, {}, signal);
    const message = {partition: null, key: null, headers: [], body: null, timestamp: null, id: null};
    const [outcome] = (await session?.send([message], signal)) ?? [];
    expect(outcome).toMatchObject({status: 'failed', failure: {kind: 'denied'}});
    await session?.[Symbol.asyncDispose]();
  } finally {
    await manager.streams.delete(name);
    await link.close();
  }
});
