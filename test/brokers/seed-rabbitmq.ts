import {connect} from 'amqplib';
import type {Story, StoryDestination} from '../../src/brokers/file/demo/story.ts';
import type {Write} from './seed.ts';
import type {RabbitmqBroker} from './state.ts';

/**
 * The story's queues, and as streams its topics of one partition whose messages have no keys, since RabbitMQ has neither
 * partitions nor keys. A queue with a delivery limit is a quorum queue: only those count deliveries.
 */
export async function seedRabbitmq(
  broker: RabbitmqBroker,
  story: Story,
  write: Write,
): Promise<readonly StoryDestination[]> {
  const existing = new Set(await queueNames(broker));
  const fresh = story.destinations.filter(one => fits(one) && !existing.has(one.name));
  const connection = await connect(broker.url);
  try {
    const channel = await connection.createChannel();
    for (const one of fresh) await channel.assertQueue(one.name, {arguments: argumentsOf(one)});
  } finally {
    await connection.close();
  }
  for (const {name, messages} of fresh) {
    await write(
      name,
      messages.map(message => ({...message, partition: null})),
    );
  }
  return fresh;
}

function fits({kind, partitions, messages}: StoryDestination): boolean {
  return kind === 'queue' || (partitions === 1 && messages.every(({key}) => key === null));
}

function argumentsOf({kind, deadLetter}: StoryDestination): Record<string, unknown> {
  if (kind === 'topic') return {'x-queue-type': 'stream'};
  if (!deadLetter) return {'x-queue-type': 'classic'};
  return {
    'x-queue-type': 'quorum',
    'x-delivery-limit': deadLetter.maxDeliveries,
    'x-dead-letter-exchange': '',
    'x-dead-letter-routing-key': deadLetter.destination,
  };
}

async function queueNames({managementUrl, users}: RabbitmqBroker): Promise<string[]> {
  const authorization = `Basic ${Buffer.from(`guest:${users.guest}`).toString('base64')}`;
  const answer = await fetch(`${managementUrl}/api/queues/%2F?columns=name`, {headers: {authorization}});
  if (!answer.ok) throw new Error(`${managementUrl} answers ${answer.status}`);
  return ((await answer.json()) as {name: string}[]).map(({name}) => name);
}
