import type {StoryDestination} from '../../src/brokers/file/demo/story.ts';
import {tellStory} from '../../src/brokers/file/demo/story.ts';
import {loadDriver, systemOf} from '../../src/brokers/registry.ts';
import type {OutgoingMessage} from '../../src/model/message.ts';
import {parseAddress} from '../../src/model/address.ts';
import {seedKafka} from './seed-kafka.ts';
import {seedNats} from './seed-nats.ts';
import {seedRabbitmq} from './seed-rabbitmq.ts';
import type {BrokerState} from './state.ts';

/** Writes a destination's messages; it exists already. */
export type Write = (destination: string, messages: readonly OutgoingMessage[]) => Promise<void>;

/**
 * Fills a broker with the demo's story, as far as the system can hold it: topics and queues are made by its own client,
 * messages are written by our driver. What exists already is left alone. @returns the destinations that were filled
 */
export async function seed(broker: BrokerState): Promise<readonly StoryDestination[]> {
  const story = tellStory({seed: 1, now: new Date()});
  const url = broker.system === 'kafka' ? broker.plain.url : broker.url;
  const address = parseAddress(url);
  const driver = await loadDriver(systemOf(address.scheme));
  const {signal} = new AbortController();
  const {username, password} = address;
  const credentials = {...(username === null ? {} : {username}), ...(password === null ? {} : {password})};
  const target = {
    name: 'seed',
    address,
    credentials,
    tls: null,
    timeoutMs: 30_000,
    deadLetters: [],
    trace: null,
  };
  await using open = await driver.open(target, {signal});
  const {writer} = open;
  if (!writer) throw new Error(`${driver.system} has no writer`);
  const write: Write = async (destination, messages) => {
    await using session = await writer.open(destination, {}, signal);
    for (const outcome of await session.send(messages, signal)) {
      if (outcome.status !== 'done') throw outcome.failure;
    }
  };
  // Awaited here: what is open is closed on return.
  switch (broker.system) {
    case 'kafka':
      return await seedKafka(broker, story, write);
    case 'rabbitmq':
      return await seedRabbitmq(broker, story, write);
    case 'nats':
      return await seedNats(broker, story, write);
  }
}
