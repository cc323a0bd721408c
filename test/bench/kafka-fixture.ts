import {commitOffsets, eventually, kafkaClient} from '../brokers/kafka-offsets.ts';
import type {KafkaBroker} from '../brokers/state.ts';

export interface TopicPlan {
  readonly topic: string;
  readonly partitions: number;
}

/** Creates topics 100 a request, and waits until the broker has made the logs of all (10,000 partitions: up to a minute). */
export async function createTopics(broker: KafkaBroker, topics: readonly TopicPlan[]): Promise<void> {
  const admin = kafkaClient(broker).admin();
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
  const producer = kafkaClient(broker).producer();
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

/** Commits offset `at` for every partition of the topics of each group. */
export async function commit(
  broker: KafkaBroker,
  groups: ReadonlyMap<string, readonly TopicPlan[]>,
  at: number,
): Promise<void> {
  const offsets = ({topic, partitions}: TopicPlan) => ({
    topic,
    partitions: Array.from({length: partitions}, (_, partition) => ({partition, offset: String(at)})),
  });
  await commitOffsets(broker, new Map([...groups].map(([group, topics]) => [group, topics.map(offsets)])));
}
