import type {Story, StoryDestination} from '../../src/brokers/file/demo/story.ts';
import {commitOffsets, kafkaClient} from './kafka-offsets.ts';
import type {Write} from './seed.ts';
import type {KafkaBroker} from './state.ts';

/**
 * The story's topics, and its subscriptions as consumer groups without members. One that never committed cannot exist
 * here without a member, so it is left out, and so are queues.
 */
export async function seedKafka(broker: KafkaBroker, story: Story, write: Write): Promise<readonly StoryDestination[]> {
  const admin = kafkaClient(broker).admin();
  await admin.connect();
  try {
    const existing = new Set(await admin.listTopics());
    const fresh = story.destinations.filter(({kind, name}) => kind === 'topic' && !existing.has(name));
    if (fresh.length === 0) return [];
    await admin.createTopics({
      topics: fresh.map(({name, partitions, retentionMs}) => ({
        topic: name,
        numPartitions: partitions,
        configEntries: retentionMs === undefined ? [] : [{name: 'retention.ms', value: String(retentionMs)}],
      })),
    });
    for (const topic of fresh) {
      await write(topic.name, topic.messages);
      const gone = expired(topic);
      if (gone.length === 0) continue;
      // The client learns the leaders here, and deletes nothing without having learnt them.
      await admin.fetchTopicOffsets(topic.name);
      await admin.deleteTopicRecords({topic: topic.name, partitions: gone});
    }
    await commitOffsets(broker, offsetsOf(story, new Set(fresh.map(({name}) => name))));
    return fresh;
  } finally {
    await admin.disconnect();
  }
}

/** Where each partition's log begins once retention has passed: the broker itself would take minutes to get there. */
function expired({partitions, retentionMs, messages}: StoryDestination): {partition: number; offset: string}[] {
  if (retentionMs === undefined) return [];
  const oldest = Date.now() - retentionMs;
  return Array.from({length: partitions}, (_, partition) => {
    const own = messages.filter(message => message.partition === String(partition));
    return {partition, offset: String(own.filter(({timestamp}) => timestamp.getTime() < oldest).length)};
  });
}

function offsetsOf({subscriptions}: Story, topics: ReadonlySet<string>): Parameters<typeof commitOffsets>[1] {
  const groups = new Map<string, {topic: string; partitions: {partition: number; offset: string}[]}[]>();
  for (const {name, progress} of subscriptions) {
    for (const {destination, partition, read} of progress) {
      if (read === null || !topics.has(destination)) continue;
      const group = groups.get(name) ?? [];
      groups.set(name, group);
      let line = group.find(({topic}) => topic === destination);
      if (!line) group.push((line = {topic: destination, partitions: []}));
      line.partitions.push({partition: Number(partition), offset: String(read)});
    }
  }
  return groups;
}
