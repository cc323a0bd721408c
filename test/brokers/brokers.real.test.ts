import {readFileSync} from 'node:fs';
import {connect as connectAmqp} from 'amqplib';
import {Kafka, logLevel} from 'kafkajs';
import type {KafkaConfig, SASLOptions} from 'kafkajs';
import {describe, expect, test} from 'vitest';
import {kafka, rabbitmq, rabbitmqLines, tool, uniqueName} from './real.ts';
import type {KafkaBroker, RabbitmqBroker} from './real.ts';

/* What the other real tests take for granted about the servers, seen through the systems' own clients and tools. */

async function createTopic(config: Omit<KafkaConfig, 'brokers'> & {bootstrap: string}): Promise<string> {
  const {bootstrap, ...rest} = config;
  const client = new Kafka({brokers: bootstrap.split(','), logLevel: logLevel.NOTHING, retry: {retries: 0}, ...rest});
  const admin = client.admin();
  const topic = uniqueName('start');
  try {
    await admin.connect();
    await admin.createTopics({topics: [{topic}], waitForLeaders: false});
  } finally {
    await admin.disconnect();
  }
  return topic;
}

function login(broker: KafkaBroker, mechanism: SASLOptions['mechanism'], username: 'alice' | 'nobody'): SASLOptions {
  return {mechanism, username, password: broker.users[username]} as SASLOptions;
}

// The cluster's nodes are configured by the same lines, and may be down while another file's test has killed one.
describe('kafka', () => {
  const ca = (): {ca: string[]} => ({ca: [readFileSync(kafka().ca, 'utf8')]});

  test('takes TLS, and SASL with and without it', async () => {
    await createTopic({...kafka().tls, ssl: ca()});
    for (const mechanism of ['plain', 'scram-sha-256', 'scram-sha-512'] as const) {
      await createTopic({...kafka().sasl, sasl: login(kafka(), mechanism, 'alice')});
      await createTopic({...kafka().saslTls, ssl: ca(), sasl: login(kafka(), mechanism, 'alice')});
    }
  });

  test('denies what nobody asks for', async () => {
    const refused = createTopic({...kafka().sasl, sasl: login(kafka(), 'plain', 'nobody')});
    await expect(refused).rejects.toMatchObject({errors: [{type: 'TOPIC_AUTHORIZATION_FAILED'}]});
  });
});

test('Kafka has KIP-848 groups and share groups', async () => {
  const {plain} = kafka();
  const topic = await createTopic(plain);
  const [group, share] = [uniqueName('group'), uniqueName('share')];
  const read = ['--bootstrap-server', plain.bootstrap, '--topic', topic, '--timeout-ms', '8000'];
  await Promise.allSettled([
    tool(kafka(), 'kafka-console-consumer', [
      ...read,
      '--group',
      group,
      '--command-property',
      'group.protocol=consumer',
    ]),
    tool(kafka(), 'kafka-console-share-consumer', [...read, '--group', share]),
  ]);
  const groups = await tool(kafka(), 'kafka-groups', ['--bootstrap-server', plain.bootstrap, '--list']);
  expect(groups).toMatch(new RegExp(`^${group}\\s+Consumer\\s+consumer`, 'm'));
  expect(groups).toMatch(new RegExp(`^${share}\\s+Share\\s+share`, 'm'));
});

describe.each(rabbitmqLines())('rabbitmq-%s', line => {
  const broker = (): RabbitmqBroker => rabbitmq(line);

  test('is of that line', () => {
    const {version} = broker();
    // The suite that carries 4.3 moves on; the others stay.
    if (line === '4.3') expect(Number.parseFloat(version)).toBeGreaterThanOrEqual(4.3);
    else expect(version.startsWith(`${line}.`)).toBe(true);
  });

  test('takes AMQP and AMQPS, and its tools see the queue', async () => {
    const queue = uniqueName('start');
    for (const url of [broker().url, broker().tlsUrl]) {
      const connection = await connectAmqp(url, {ca: [readFileSync(broker().ca)]});
      const channel = await connection.createChannel();
      await channel.assertQueue(queue, {durable: true, arguments: {'x-queue-type': 'quorum'}});
      await connection.close();
    }
    expect(await tool(broker(), 'rabbitmqctl', ['-q', 'list_queues', 'name', 'type'])).toContain(`${queue}\tquorum`);
  });

  test('denies what nobody asks for', async () => {
    const {amqpPort, users} = broker();
    const connection = await connectAmqp(`amqp://nobody:${users.nobody}@127.0.0.1:${amqpPort}`);
    connection.on('error', () => undefined);
    const channel = await connection.createChannel();
    channel.on('error', () => undefined);
    await expect(channel.assertQueue(uniqueName('denied'))).rejects.toThrow('ACCESS_REFUSED');
    await connection.close();
  });
});
