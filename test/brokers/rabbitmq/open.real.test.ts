import {createServer} from 'node:net';
import type {AddressInfo} from 'node:net';
import {readFileSync} from 'node:fs';
import {describe, expect, test} from 'vitest';
import {rabbitmqDriver} from '../../../src/brokers/rabbitmq/driver.ts';
import type {Broker} from '../../../src/brokers/port.ts';
import {everything, nameFilter} from '../../../src/model/name-filter.ts';
import {rabbitmq, rabbitmqLines} from '../real.ts';
import {forever, Situation} from './situation.ts';
import {targetOf} from './target.ts';

const open = (url: string, options: Parameters<typeof targetOf>[1] = {}): Promise<Broker> =>
  rabbitmqDriver.open(targetOf({url}, options), {signal: forever});

describe.each(rabbitmqLines())('opening RabbitMQ %s', line => {
  const server = rabbitmq(line);
  const at = (login: string, rest = '/', port = server.amqpPort): string =>
    `amqp://${login}@127.0.0.1:${port}${rest}?management=${encodeURIComponent(server.managementUrl)}`;
  const closed = encodeURIComponent('http://127.0.0.1:1');

  test('learns version and cluster', async () => {
    await using broker = await open(server.url);
    expect(broker.server).toMatchObject({product: 'RabbitMQ', version: server.version, warnings: []});
    expect(broker.server.cluster).toContain('@');
    expect(broker.capabilities['inspect.depth'].level).toBe('native');
  });

  test('over TLS, AMQP and the management API at its own URL', async () => {
    await using broker = await open(server.tlsUrl, {tls: {ca: readFileSync(server.ca, 'utf8')}});
    const names = nameFilter(['*']);
    await broker.inspector.destinations({names, internal: false}, forever);
    expect(broker.server.version).toBe(server.version);
  });

  test('sees the vhost of the URL and no other', async () => {
    const here = await Situation.begin(server);
    try {
      const name = await here.queue('here');
      const seen = async (url: string): Promise<boolean> => {
        await using broker = await open(url);
        const {items} = await broker.inspector.destinations({names: everything, internal: false}, forever);
        return items.some(one => one.name === name);
      };
      expect(await seen(at('guest:guest', '/%2F'))).toBe(true);
      expect(await seen(at('guest:guest', `/${server.vhost}`))).toBe(false);
    } finally {
      await here.end();
    }
  });

  test('with the management API and without AMQP, the totals still come, and that they are late is said', async () => {
    const here = await Situation.begin(server);
    try {
      const classic = await here.queue('classic');
      await here.publish(classic, 9);
      await here.queue('quorum', {'x-queue-type': 'quorum'});
      await using broker = await open(at('guest:guest', '/', 1));
      const {items, warnings} = await broker.inspector.destinations({names: here.names, internal: false}, forever);
      expect(items.map(({partitions}) => partitions[0]?.depth.exact)).toEqual([true, false]);
      expect(items[0]?.partitions[0]?.depth.ready).toBe(9);
      expect(warnings.map(({code}) => code)).toEqual(['noAmqp']);
    } finally {
      await here.end();
    }
  });

  test.each([
    ['nobody answers', (url: string) => url.replace(/management=.*/, `management=${closed}`), 'ECONNREFUSED'],
    ['the user has no right to it', () => at(`nobody:${server.users.nobody}`), 'Not management user'],
  ])('without the management API (%s), AMQP tells less, and says so', async (_why, urlOf, said) => {
    const here = await Situation.begin(server);
    try {
      const name = await here.queue('alone');
      await here.publish(name, 6);
      await here.hold(name, 2);
      await using broker = await open(urlOf(server.url));
      expect(broker.server.warnings).toHaveLength(1);
      expect(broker.server.warnings[0]).toMatchObject({
        code: 'noManagement',
        message: expect.stringContaining(said) as unknown,
      });
      expect(broker.capabilities['inspect.inFlight'].level).toBe('none');
      expect(broker.capabilities['inspect.depth'].level).toBe('emulated');
      const all = {names: everything, destinations: everything, internal: false};
      await expect(broker.inspector.destinations(all, forever)).rejects.toMatchObject({kind: 'unsupported'});
      await expect(broker.inspector.subscriptions(all, forever)).rejects.toMatchObject({kind: 'unsupported'});
      const names = nameFilter([name, here.name('missing')]);
      const depths = await broker.inspector.destinations({names, internal: false}, forever);
      const lags = await broker.inspector.subscriptions({...all, names}, forever);
      if (line === '4.3' && said === 'Not management user') {
        // From 4.3 on a passive declare needs a right to the queue.
        expect(depths.items[0]?.partitions[0]?.problem).toContain('refused');
        return;
      }
      expect(depths.items).toMatchObject([{name, partitions: [{depth: {messages: null, ready: 4, inFlight: null}}]}]);
      expect(lags.items).toMatchObject([{name, members: 1, progress: [{lag: 4, inFlight: null, exact: true}]}]);
      expect((await broker.inspector.describe(name, forever)).destination.name).toBe(name);
    } finally {
      await here.end();
    }
  });

  test('a user who may only look sees everything', async () => {
    await using broker = await open(at(`watcher:${server.users.watcher}`));
    expect(broker.server.warnings).toEqual([]);
    const {warnings} = await broker.inspector.deadLetters(forever);
    expect(warnings.filter(({code}) => code === 'policiesUnknown')).toEqual([]);
  });

  test('a wrong password, a missing vhost and a closed port are told apart', async () => {
    await expect(open(at('guest:wrong'))).rejects.toMatchObject({kind: 'denied'});
    await expect(open(at('guest:guest', '/no-such'))).rejects.toMatchObject({kind: 'notFound'});
    await expect(open(`amqp://guest:guest@127.0.0.1:1?management=${closed}`)).rejects.toMatchObject({
      kind: 'unreachable',
      broker: expect.stringContaining('ECONNREFUSED') as unknown,
    });
  });

  test('a management URL that cannot be used is a usage error, and its password is not repeated', async () => {
    for (const stated of ['nonsense', 'ftp://h', 'http://user:hunter2@h:15672']) {
      const error: unknown = await open(`amqp://h?management=${encodeURIComponent(stated)}`).catch(
        (one: unknown) => one,
      );
      expect(error).toMatchObject({kind: 'usage'});
      expect(JSON.stringify(error) + String(error)).not.toContain('hunter2');
    }
  });

  test('a server that never answers is given up after the timeout', async () => {
    const silent = createServer(socket => socket.on('error', () => undefined));
    await new Promise<void>(resolve => silent.listen(0, '127.0.0.1', resolve));
    const {port} = silent.address() as AddressInfo;
    const url = `amqp://guest:guest@127.0.0.1:${port}?management=${encodeURIComponent(`http://127.0.0.1:${port}`)}`;
    await expect(open(url, {timeoutMs: 300})).rejects.toMatchObject({kind: 'tryAgain'});
    silent.close();
  });
});
