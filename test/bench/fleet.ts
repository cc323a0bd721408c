import {join} from 'node:path';
import {connect} from 'amqplib';
import type {KafkaBroker, RabbitmqBroker} from '../brokers/state.ts';
import {benchEnvironment, brokerctl} from './brokerctl.ts';
import {goal} from './goals.ts';
import {commit, createTopics, fill} from './kafka-fixture.ts';
import type {TopicPlan} from './kafka-fixture.ts';
import {measure} from './measure.ts';
import {onPath} from './peers.ts';
import {ratio, table, timeAll} from './rounds.ts';
import type {Subject, Timed} from './rounds.ts';
import {spreadOf} from './spread.ts';

const topics = Array.from({length: 3000}, (_, i): TopicPlan => ({topic: `fleet-${i}`, partitions: i < 1000 ? 4 : 3}));
const groups = new Map(
  Array.from({length: 500}, (_, i) => [`group-${i}`, topics.filter((_topic, j) => j % 500 === i)] as const),
);
const queues = Array.from({length: 2000}, (_, i) => `queue-${i}`);

/** All lags of a large cluster: 3,000 topics, 10,000 partitions, 500 groups with 10,000 offsets, on one broker. */
export async function kafkaFleet(kafka: KafkaBroker, rounds: number): Promise<string> {
  process.stderr.write('making 3,000 topics and 500 groups …\n');
  await createTopics(kafka, topics);
  for (const plan of topics.slice(0, 3)) await fill(kafka, plan, 100);
  await commit(kafka, groups, 0);

  const ours = 'brokerctl lag';
  const each = 'brokerctl lag --by partition';
  const theirs = 'kafka-consumer-groups --all-groups';
  const command = [...brokerctl, 'lag', '-u', kafka.plain.url];
  const subjects: Subject[] = [
    {name: ours, command, prints: /group-499/},
    {name: each, command: [...command, '--by', 'partition'], prints: /group-499/},
    {
      name: theirs,
      command: [
        join(kafka.tools, 'kafka-consumer-groups'),
        ...['--bootstrap-server', kafka.plain.bootstrap, '--all-groups', '--describe'],
      ],
      prints: /group-499/,
    },
  ];
  const requests = await requestsOf(command, /\bkafka (\w+ v\d+) to /);
  const all = await timeAll(subjects, rounds, benchEnvironment());
  return [
    'Kafka: 3,000 topics, 10,000 partitions, 500 groups, one broker',
    table(all, theirs),
    `requests: ${requests}`,
    ...[ours, each].flatMap(name => [
      goal(`${name}, whole process`, spreadOf(walls(all, name)).median / 1000, 0.8, ' s'),
      goal(`${name}, part of kafka-consumer-groups`, ratio(all, name, theirs).median, 0.25),
      goal(`${name}, peak memory`, spreadOf(sizes(all, name)).max, 150, ' MB'),
    ]),
  ].join('\n');
}

/** All depths of 2,000 classic queues with a message each. */
export async function rabbitmqFleet(rabbitmq: RabbitmqBroker, rounds: number): Promise<string> {
  process.stderr.write('making 2,000 queues …\n');
  const connection = await connect(rabbitmq.url);
  const channel = await connection.createConfirmChannel();
  for (const queue of queues) {
    await channel.assertQueue(queue);
    channel.sendToQueue(queue, Buffer.from('one'));
  }
  await channel.waitForConfirms();
  await connection.close();

  const ours = 'brokerctl depth';
  const theirs = 'rabbitmqctl list_queues';
  const command = [...brokerctl, 'depth', '-u', rabbitmq.url];
  const admin = onPath('rabbitmqadmin');
  const subjects: Subject[] = [
    {name: ours, command, prints: /queue-1999\b.*\b1\b/},
    {
      name: theirs,
      command: [
        join(rabbitmq.tools, 'rabbitmqctl'),
        ...['-q', 'list_queues', 'name', 'messages', 'messages_ready', 'messages_unacknowledged', 'consumers'],
      ],
      prints: /queue-1999\b.*\b1\b/,
    },
    ...(admin === null
      ? []
      : [
          {
            name: 'rabbitmqadmin queues list',
            command: [admin, '--port', String(rabbitmq.managementPort), 'queues', 'list'],
            prints: /queue-1999/,
          },
        ]),
  ];
  const requests = await requestsOf(command, /\b(?:GET|POST) \/?(api\/\w+|metrics\/\w+)/);
  const all = await timeAll(subjects, rounds, benchEnvironment());
  return [
    `RabbitMQ ${rabbitmq.version}: 2,000 classic queues, one message each`,
    table(all, theirs),
    `HTTP requests: ${requests}`,
    goal('brokerctl depth, whole process', spreadOf(walls(all, ours)).median / 1000, 0.4, ' s'),
  ].join('\n');
}

/** Requests as the driver's own trace names them: `6 (Metadata v12 1, ListOffsets v7 1 …)`. */
async function requestsOf(command: readonly string[], pattern: RegExp): Promise<string> {
  const {stderr} = await measure(command, {...benchEnvironment(), BROKERCTL_DEBUG: '1'});
  const counts = new Map<string, number>();
  for (const line of stderr.split('\n')) {
    const name = pattern.exec(line)?.[1];
    if (name) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  if (total === 0) throw new Error(`the trace of ${command.join(' ')} names no request:\n${stderr.slice(0, 2000)}`);
  return `${total} (${[...counts].map(([name, count]) => `${name} × ${count}`).join(', ')})`;
}

function walls(all: readonly Timed[], name: string): number[] {
  return all.find(one => one.name === name)?.runs.map(run => run.wallMs) ?? [];
}

function sizes(all: readonly Timed[], name: string): number[] {
  return all.find(one => one.name === name)?.runs.map(run => run.rssMb ?? NaN) ?? [];
}
