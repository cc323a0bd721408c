import {Kafka, logLevel} from 'kafkajs';
import type {Consumer, IHeaders, KafkaMessage} from 'kafkajs';
import {kafkaDriver} from '../../src/brokers/kafka/driver.ts';
import {headerBytes} from '../../src/brokers/kafka/kafka-message.ts';
import {parseAddress} from '../../src/model/address.ts';
import type {Header, OutgoingMessage} from '../../src/model/message.ts';
import {kafka, uniqueName} from '../brokers/real.ts';
import type {Harness} from './harness.ts';
import {createTopics} from '../brokers/kafka/create-topics.ts';

/** A real Kafka, handled by kafkajs's own producer, consumer and admin client. */
export async function kafkaHarness(): Promise<Harness> {
  const server = kafka();
  const client = new Kafka({brokers: server.plain.bootstrap.split(','), logLevel: logLevel.NOTHING});
  const admin = client.admin();
  const producer = client.producer({allowAutoTopicCreation: false});
  await Promise.all([admin.connect(), producer.connect()]);
  const target = {
    name: 'kafka',
    address: parseAddress(server.plain.url),
    credentials: {},
    tls: null,
    timeoutMs: 10_000,
    deadLetters: [],
    trace: null,
  };

  const createTopic = async (topic: string, partitions: number) => {
    await createTopics(admin, [{topic, numPartitions: partitions}]);
    return topic;
  };
  const endsOf = async (topic: string) =>
    new Map((await admin.fetchTopicOffsets(topic)).map(({partition, high}) => [partition, Number(high)]));
  const groupOf = (topic: string) => `${topic}-readers`;

  /** Runs a consumer until `isEnough` says so. */
  const run = async (
    groupId: string,
    topic: string,
    take: (partition: number, message: KafkaMessage) => void,
    isEnough: () => boolean,
    atEnd: (consumer: Consumer) => Promise<void>,
  ) => {
    const consumer = client.consumer({groupId, allowAutoTopicCreation: false, maxWaitTimeInMs: 100});
    await consumer.connect();
    await consumer.subscribe({topic, fromBeginning: true});
    await new Promise<void>((done, fail) => {
      consumer.on('consumer.crash', ({payload}) => fail(payload.error));
      void consumer.run({
        autoCommit: false,
        eachMessage: async ({partition, message}) => {
          take(partition, message);
          if (isEnough()) done();
        },
      });
    });
    await atEnd(consumer);
    await consumer.disconnect();
  };

  return {
    name: `kafka ${server.version}`,
    driver: kafkaDriver,
    maxPartitions: 3,
    figuresLagMs: 0,
    keepsNullBody: true,
    refused: {...empty, body: Buffer.alloc(1_100_000)},
    open: () => kafkaDriver.open(target, {signal: AbortSignal.timeout(60_000)}),
    create: ({partitions}) => createTopic(uniqueName('conformance'), partitions),
    produce: async (topic, messages) => {
      await producer.send({
        topic,
        messages: messages.map(({partition, key, body, headers, timestamp}) => ({
          ...(partition !== null && {partition: Number(partition)}),
          ...(timestamp !== null && {timestamp: String(timestamp.getTime())}),
          key: key && Buffer.from(key),
          value: body && Buffer.from(body),
          headers: headersOf(headers),
        })),
      });
    },
    contents: async topic => {
      const wanted = [...(await endsOf(topic)).values()].reduce((sum, end) => sum + end, 0);
      const found: {partition: number; message: KafkaMessage}[] = [];
      if (wanted === 0) return [];
      const groupId = uniqueName('contents');
      const take = (partition: number, message: KafkaMessage) => found.push({partition, message});
      await run(
        groupId,
        topic,
        take,
        () => found.length === wanted,
        async () => undefined,
      );
      await admin.deleteGroups([groupId]);
      return found
        .sort(
          (one, other) => one.partition - other.partition || Number(one.message.offset) - Number(other.message.offset),
        )
        .map(({partition, message: {key, value}}) => ({partition: String(partition), key, body: value}));
    },
    subscriptionFor: groupOf,
    consume: async (topic, count) => {
      const ends = await endsOf(topic);
      const committed = await admin.fetchOffsets({groupId: groupOf(topic), topics: [topic]});
      const cursors = new Map([...ends.keys()].map(partition => [partition, 0]));
      for (const {partition, offset} of committed[0]?.partitions ?? [])
        cursors.set(partition, Math.max(0, Number(offset)));
      const seen = new Map(cursors);
      const partitions = [...ends.keys()].sort((one, other) => one - other);
      for (let left = count, turn = 0; left > 0; turn++) {
        const partition = partitions[turn % partitions.length] ?? 0;
        const cursor = cursors.get(partition) ?? 0;
        if (cursor >= (ends.get(partition) ?? 0)) continue;
        cursors.set(partition, cursor + 1);
        left--;
      }
      await run(
        groupOf(topic),
        topic,
        (partition, {offset}) => seen.set(partition, Number(offset) + 1),
        () => partitions.every(partition => (seen.get(partition) ?? 0) >= (cursors.get(partition) ?? 0)),
        consumer =>
          consumer.commitOffsets(
            partitions.map(partition => ({topic, partition, offset: String(cursors.get(partition))})),
          ),
      );
    },
    route: async () => {
      const source = await createTopic(uniqueName('route'), 1);
      return {source, destination: await createTopic(`${source}.DLT`, 1)};
    },
    close: async () => {
      await Promise.all([admin.disconnect(), producer.disconnect()]);
    },
  };
}

const empty: OutgoingMessage = {partition: null, key: null, headers: [], body: null, timestamp: null, id: null};

/** kafkajs has a record of headers: repeats are together, at the place of the first. */
function headersOf(headers: readonly Header[]): IHeaders {
  const record: Record<string, Buffer[]> = {};
  for (const {name, value} of headers) (record[name] ??= []).push(Buffer.from(headerBytes(value) ?? []));
  return record;
}
