import {connect, RetentionPolicy} from 'nats';
import type {Story, StoryDestination} from '../../src/brokers/file/demo/story.ts';
import type {Write} from './seed.ts';
import type {NatsBroker} from './state.ts';

/**
 * The story's queues as work queues, and its topics of one partition whose messages have no keys as streams, since NATS
 * has neither partitions nor keys.
 */
export async function seedNats(broker: NatsBroker, story: Story, write: Write): Promise<readonly StoryDestination[]> {
  const link = await connect({servers: `127.0.0.1:${broker.clientPort}`, user: 'app', pass: broker.users.app});
  try {
    const manager = await link.jetstreamManager();
    const existing = new Set(await manager.streams.names().next());
    const fresh = story.destinations.filter(one => fits(one) && !existing.has(one.name));
    for (const {name, kind} of fresh) {
      const retention = kind === 'queue' ? RetentionPolicy.Workqueue : RetentionPolicy.Limits;
      await manager.streams.add({name, subjects: [`shop.${name}`], retention, allow_direct: true});
    }
    for (const {name, messages} of fresh) {
      await write(
        name,
        messages.map(message => ({...message, partition: null})),
      );
    }
    return fresh;
  } finally {
    await link.close();
  }
}

function fits({name, kind, partitions, messages}: StoryDestination): boolean {
  // A dot parts the tokens of a subject, and is not allowed in a stream's name.
  return !name.includes('.') && (kind === 'queue' || (partitions === 1 && messages.every(({key}) => key === null)));
}
