import {mkdtempSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {KafkaBroker, RabbitmqBroker} from '../brokers/state.ts';
import {benchEnvironment, brokerctl} from './brokerctl.ts';
import {goal} from './goals.ts';
import {commit, createTopics, fill} from './kafka-fixture.ts';
import {lagPeers} from './peers.ts';
import {ratio, table, timeAll} from './rounds.ts';
import type {Subject} from './rounds.ts';
import {spreadOf} from './spread.ts';

const bare = 'node (empty file)';
const topic = {topic: 'cold', partitions: 12};
const group = 'cold-group';

/** What a start costs: ours against bare Node and against others' tools, on a topic of 12 partitions and one queue. */
export async function cold(kafka: KafkaBroker, rabbitmq: RabbitmqBroker, rounds: number): Promise<string> {
  await createTopics(kafka, [topic]);
  await fill(kafka, topic, 100);
  await commit(kafka, new Map([[group, [topic]]]), 40);

  const folder = mkdtempSync(join(tmpdir(), 'brokerctl-bench-cold-'));
  const empty = join(folder, 'empty.cjs');
  writeFileSync(empty, '');
  const {bootstrap, url} = kafka.plain;
  const lagFigures = /\b60\b|\b720\b/;
  const subjects: Subject[] = [
    {name: bare, command: [process.execPath, empty], prints: /^$/},
    {name: 'brokerctl --version', command: [...brokerctl, '--version'], prints: /\d+\.\d+\.\d+/},
    {name: 'brokerctl --help', command: [...brokerctl, '--help'], prints: /lag/},
    {name: 'brokerctl lag', command: [...brokerctl, 'lag', group, '-u', url], prints: lagFigures},
    {
      name: 'kafka-consumer-groups',
      command: [
        join(kafka.tools, 'kafka-consumer-groups'),
        '--bootstrap-server',
        bootstrap,
        '--describe',
        '--group',
        group,
      ],
      prints: lagFigures,
    },
    ...lagPeers(bootstrap, topic.topic, group, folder).map(peer => ({...peer, prints: /\d/})),
    {name: 'brokerctl depth (RabbitMQ)', command: [...brokerctl, 'depth', '-u', rabbitmq.url], prints: /cold/},
    {
      name: 'rabbitmqctl list_queues',
      command: [join(rabbitmq.tools, 'rabbitmqctl'), '-q', 'list_queues', 'name', 'messages'],
      prints: /cold/,
    },
  ];
  const all = await timeAll(subjects, rounds, benchEnvironment());
  const peak = all
    .filter(({name}) => name.startsWith('brokerctl'))
    .flatMap(({runs}) => runs.map(run => run.rssMb ?? NaN));
  return [
    table(all, bare),
    '',
    goal('brokerctl --version, times bare Node', ratio(all, 'brokerctl --version', bare).median, 2),
    goal(
      "brokerctl lag, times bare Node (the goal leaves out the broker's own time)",
      ratio(all, 'brokerctl lag', bare).median,
      2,
    ),
    ...(all.some(({name}) => name === 'topicctl')
      ? [goal('brokerctl lag, times topicctl', ratio(all, 'brokerctl lag', 'topicctl').median, 1)]
      : []),
    goal(
      'brokerctl lag, part of kafka-consumer-groups',
      ratio(all, 'brokerctl lag', 'kafka-consumer-groups').median,
      1 / 15,
    ),
    goal('brokerctl, peak memory', spreadOf(peak).max, 80, ' MB'),
  ].join('\n');
}
