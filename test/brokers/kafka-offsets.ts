import {setTimeout as sleep} from 'node:timers/promises';
import {Kafka, logLevel} from 'kafkajs';
import type {TopicOffsets} from 'kafkajs';
import type {KafkaBroker} from './state.ts';

/** A client of the library's own, quiet about the retries that a fresh broker costs. */
export function kafkaClient(broker: KafkaBroker): Kafka {
  return new Kafka({brokers: broker.plain.bootstrap.split(','), logLevel: logLevel.NOTHING});
}

/** Tries again for two minutes: a broker refuses offsets of a topic while it still makes the topic's logs. */
export async function eventually(what: string, attempt: () => Promise<unknown>): Promise<void> {
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

/** Commits offsets for groups without members, by group name: in transactions, since no consumer has to join for those. */
export async function commitOffsets(
  broker: KafkaBroker,
  groups: ReadonlyMap<string, readonly TopicOffsets[]>,
): Promise<void> {
  const producer = kafkaClient(broker).producer({
    transactionalId: `offsets-${process.pid}-${Date.now()}`,
    maxInFlightRequests: 1,
    idempotent: true,
  });
  await producer.connect();
  try {
    for (const [consumerGroupId, topics] of groups) {
      await eventually(`the offsets of ${consumerGroupId}`, async () => {
        const transaction = await producer.transaction();
        try {
          await transaction.sendOffsets({consumerGroupId, topics: [...topics]});
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
