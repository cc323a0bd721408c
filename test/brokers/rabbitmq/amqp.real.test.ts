import {readFileSync} from 'node:fs';
import {createServer} from 'node:net';
import type {AddressInfo} from 'node:net';
import {describe, expect, test} from 'vitest';
import {connect} from '../../../src/brokers/rabbitmq/amqp.ts';
import {Failure} from '../../../src/model/failure.ts';
import type {Target} from '../../../src/model/target.ts';
import {rabbitmq, rabbitmqLines} from '../real.ts';
import {realQueue} from './real-queue.ts';
import {targetOf} from './target.ts';

const {signal} = new AbortController();

async function failureOf(target: Target, stop = signal): Promise<Failure> {
  const error: unknown = await connect(target, stop).then(
    async link => link[Symbol.asyncDispose](),
    (thrown: unknown) => thrown,
  );
  if (error instanceof Failure) return error;
  throw error instanceof Error ? error : new Error('it connected');
}

/** A server that takes connections and says nothing. */
async function silentServer(): Promise<{readonly url: string} & AsyncDisposable> {
  const server = createServer(socket => socket.on('error', () => undefined).resume());
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `amqp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      await new Promise(resolve => server.close(resolve));
    },
  };
}

for (const line of rabbitmqLines()) {
  const server = rabbitmq(line);
  const at = (port: number): string => `amqp://guest:guest@localhost:${port}`;
  const ca = readFileSync(server.ca, 'utf8');

  describe(`connecting to rabbitmq ${server.version}`, () => {
    test('with and without TLS', async () => {
      await using plain = await connect(targetOf(server), signal);
      await using secret = await connect(targetOf({url: server.tlsUrl}, {tls: {ca}}), signal);
      await using insecure = await connect(targetOf({url: server.tlsUrl}, {tls: {insecure: true}}), signal);
      for (const link of [plain, secret, insecure]) {
        expect(link).toMatchObject({product: 'RabbitMQ', version: server.version, blocked: null});
      }
    });

    test('the next host is tried when one refuses', async () => {
      const url = `amqp://guest:guest@127.0.0.1:1,127.0.0.1:${server.amqpPort}`;
      await using link = await connect(targetOf({url}), signal);
      expect(link.host.port).toBe(server.amqpPort);
    });

    const cases: readonly (readonly [string, Target, object])[] = [
      [
        'a wrong password',
        targetOf({url: `amqp://guest:wrong@127.0.0.1:${server.amqpPort}`}),
        {kind: 'denied', broker: expect.stringContaining('ACCESS_REFUSED') as string},
      ],
      [
        'a missing vhost',
        targetOf({url: `${at(server.amqpPort)}/none`}),
        {kind: 'notFound', message: expect.stringContaining('vhost "none"') as string},
      ],
      [
        'nobody listening',
        targetOf({url: at(1)}),
        {kind: 'unreachable', broker: expect.stringContaining('ECONNREFUSED') as string},
      ],
      ['TLS to a port without', targetOf({url: at(server.amqpPort)}, {tls: {ca}}), {kind: 'config'}],
      [
        'no TLS to a port with it',
        targetOf({url: at(server.tlsPort)}),
        {kind: 'unreachable', hints: expect.arrayContaining([expect.stringContaining('amqps://')]) as string[]},
      ],
      [
        'an unknown certificate authority',
        targetOf({url: at(server.tlsPort)}, {tls: {}}),
        {kind: 'config', broker: expect.stringContaining('SELF_SIGNED_CERT') as string},
      ],
      [
        'a certificate for another name',
        targetOf({url: at(server.tlsPort)}, {tls: {ca, serverName: 'other'}}),
        {kind: 'config', broker: expect.stringContaining('ALTNAME') as string},
      ],
      [
        'a port that is not AMQP',
        targetOf({url: at(server.managementPort)}, {timeoutMs: 500}),
        {kind: 'tryAgain', message: expect.stringContaining('0.5s') as string},
      ],
    ];
    test.each(cases)('%s', async (_name, target, expected) => {
      expect(await failureOf(target)).toMatchObject(expected);
    });

    test('missing queues are told one by one', async () => {
      await using queue = await realQueue(server.url, 'classic');
      queue.channel.sendToQueue(queue.name, Buffer.from('one'));
      await queue.channel.checkQueue(queue.name);
      await using link = await connect(targetOf(server), signal);
      const counts = await link.count(['none-1', queue.name, 'none-2'], signal);
      expect(counts.get(queue.name)).toMatchObject({consumers: 0});
      for (const missing of ['none-1', 'none-2']) expect(counts.get(missing)).toMatchObject({kind: 'notFound'});
    });
  });
}

test('a silent server is given up, and the signal ends the wait', async () => {
  await using silent = await silentServer();
  expect(await failureOf(targetOf(silent, {timeoutMs: 300}))).toMatchObject({kind: 'tryAgain'});
  const stop = new AbortController();
  setTimeout(() => stop.abort(), 100);
  expect(await failureOf(targetOf(silent), stop.signal)).toMatchObject({kind: 'interrupted'});
});
