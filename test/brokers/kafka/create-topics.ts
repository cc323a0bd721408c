import {KafkaJSProtocolError} from 'kafkajs';
import type {Admin, ITopicConfig} from 'kafkajs';
import {vi} from 'vitest';

/**
 * Makes topics and waits until every partition has a leader. kafkajs's own wait gives up when the server that it asks has
 * not heard of the topic yet: then it is asked again.
 */
export async function createTopics(admin: Admin, topics: ITopicConfig[]): Promise<void> {
  try {
    await admin.createTopics({topics, waitForLeaders: true});
  } catch (error) {
    if (!(error instanceof KafkaJSProtocolError) || error.type !== 'UNKNOWN_TOPIC_OR_PARTITION') throw error;
    await vi.waitFor(
      async () => {
        const {topics: known} = await admin.fetchTopicMetadata({topics: topics.map(({topic}) => topic)});
        const waiting = known.flatMap(({partitions}) => partitions).filter(({leader}) => leader < 0);
        if (waiting.length > 0) throw new Error(`${waiting.length} partitions have no leader yet`);
      },
      {timeout: 30_000, interval: 50},
    );
  }
}
