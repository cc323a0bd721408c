import {setTimeout as sleep} from 'node:timers/promises';
import {Kafka, logLevel} from 'kafkajs';
import type {TopicOffsets} from 'kafkajs';
import type {KafkaBroker} from '../brokers/state.ts';

export interface TopicPlan {
  readonly topic: string;
  readonly partitions: number;
}

function client(broker: KafkaBroker): Kafka {
  return new Kafka({brokers: broker.plain.bootstrap.split(','), logLevel: logLevel.NOTHING});
}

/** Creates topics 100 a request, and waits until the broker has made the logs of all (10,000 partitions: up to a minute). */
export async function createTopics(broker: KafkaBroker, topics: readonly TopicPlan[]): Promise<void> {
  const admin = client(broker).admin();
  await admin.connect();
  try {
    for (let i = 0; i < topics.length; i += 100) {
      const some = topics.slice(i, i + 100).map(({topic, partitions}) => ({topic, numPartitions: partitions}));
      await admin.createTopics({topics: some, waitForLeaders: false, timeout: 60_000});
    }
    for (const {topic} of topics.filter((_, i) => i % 100 === 0 || i === topics.length - 1)) {
      await eventually(`the partitions of ${topic}`, () => admin.fetchTopicOffsets(topic));
    }
  } finally {
    await admin.disconnect();
  }
}

/** Writes `each` messages of 1 KB to every partition. */
export async function fill(broker: KafkaBroker, {topic, partitions}: TopicPlan, each: number): Promise<void> {
  const producer = client(broker).producer();
  await producer.connect();
  try {
    const value = Buffer.alloc(1024, 'x');
    for (let partition = 0; partition < partitions; partition++) {
      await producer.send({topic, messages: Array.from({length: each}, () => ({partition, value}))});
    }
  } finally {
    await producer.disconnect();
  }
}

/** Commits offset `at` for every partition of a group's topics: in a transaction, since no consumer has to join for it. */
export async function commit(
  broker: KafkaBroker,
  groups: ReadonlyMap<string, readonly TopicPlan[]>,
  at: number,
): Promise<void> {
  const producer = client(broker).producer({transactionalId: 'bench', maxInFlightRequests: 1, idempotent: true});
  await producer.connect();
  try {
    for (const [consumerGroupId, topics] of groups) {
      const offsets = topics.map(({topic, partitions}): TopicOffsets => {
        const all = Array.from({length: partitions}, (_, partition) => ({partition, offset: String(at)}));
        return {topic, partitions: all};
      });
      await eventually(`the offsets of ${consumerGroupId}`, async () => {
        const transaction = await producer.transaction();
        try {
          await transaction.sendOffsets({consumerGroupId, topics: offsets});
          await transaction.commit();
        } catch (error) {
          await transaction.abort();
          throw error;
        }
      });
    }
  } finally {
    await producer.disconnect();
  }
}

async function eventually(what: string, attempt: () => Promise<unknown>): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      await attempt();
      return;
    } catch (error) {
      if (tries > 240) throw new Error(`${what}: ${error instanceof Error ? error.message : String(error)}`);
      await sleep(500);
    }
  }
}
