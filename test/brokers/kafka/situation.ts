import {Kafka, logLevel} from 'kafkajs';
import type {Admin, ITopicConfig} from 'kafkajs';
import {kafkaDriver} from '../../../src/brokers/kafka/driver.ts';
import {coordinatorsOf} from '../../../src/brokers/kafka/groups.ts';
import {logOffsets} from '../../../src/brokers/kafka/log-offsets.ts';
import {Cluster} from '../../../src/brokers/kafka/wire/cluster.ts';
import {offsetAt} from '../../../src/brokers/kafka/wire/list-offsets.ts';
import {isPassing, retry} from '../../../src/brokers/kafka/wire/retry.ts';
import {failureOf} from '../../../src/brokers/kafka/wire/error-codes.ts';
import {parseAddress} from '../../../src/model/address.ts';
import {everything} from '../../../src/model/name-filter.ts';
import type {NameFilter} from '../../../src/model/name-filter.ts';
import type {Broker} from '../../../src/brokers/port.ts';
import type {Target} from '../../../src/model/target.ts';
import type {KafkaBroker} from '../real.ts';
import {uniqueName} from '../real.ts';
import {
  consumerGroupHeartbeat,
  deleteRecords,
  incrementalAlterConfigs,
  offsetCommit,
  shareGroupHeartbeat,
} from './situation-apis.ts';
import type {Owned} from './situation-apis.ts';
import {createTopics} from './create-topics.ts';

export const soon = (): AbortSignal => AbortSignal.timeout(60_000);

export const named = (...names: readonly string[]): NameFilter => ({
  exact: names,
  matches: name => names.includes(name),
});

export function targetOf(url: string, parts: Partial<Target> = {}): Target {
  return {
    name: url,
    address: parseAddress(url),
    credentials: {},
    tls: null,
    timeoutMs: 10_000,
    deadLetters: [],
    trace: null,
    ...parts,
  };
}

/** Makes situations on a real cluster by kafkajs and requests of its own, and opens the driver under test on it. */
export class Situation implements AsyncDisposable {
  readonly url: string;
  readonly kafka: Kafka;
  readonly admin: Admin;
  #cluster: Cluster | null = null;
  readonly #closers: (() => Promise<unknown>)[] = [];

  constructor(broker: KafkaBroker) {
    this.url = broker.plain.url;
    this.kafka = new Kafka({
      clientId: 'situation',
      brokers: broker.plain.bootstrap.split(','),
      logLevel: logLevel.NOTHING,
    });
    this.admin = this.kafka.admin();
    this.#closers.push(() => this.admin.disconnect());
  }

  async driver(parts: Partial<Target> = {}): Promise<Broker> {
    const broker = await kafkaDriver.open(targetOf(this.url, parts), {signal: soon()});
    this.#closers.push(() => Promise.resolve(broker[Symbol.asyncDispose]()));
    return broker;
  }

  async cluster(): Promise<Cluster> {
    if (!this.#cluster) {
      const cluster = (this.#cluster = await Cluster.connect(targetOf(this.url), soon()));
      this.#closers.push(() => cluster[Symbol.asyncDispose]());
    }
    return this.#cluster;
  }

  /** A new topic whose partitions all answer. */
  async topic(stem: string, partitions: number, configs: Readonly<Record<string, string>> = {}): Promise<string> {
    const topic = uniqueName(stem);
    const entries = Object.entries(configs).map(([name, value]) => ({name, value}));
    const config: ITopicConfig = {topic, numPartitions: partitions, configEntries: entries};
    await createTopics(this.admin, [config]);
    const cluster = await this.cluster();
    await until(async () => {
      const ends = await logOffsets(cluster, await cluster.metadata([topic], soon()), {at: offsetAt.latest}, soon());
      const answers = ends.partitions(topic);
      return answers.length === partitions && answers.every(([, end]) => end.problem === undefined);
    });
    return topic;
  }

  /** Deletes the messages before an offset. */
  async cut(topic: string, partition: number, before: bigint): Promise<void> {
    const cluster = await this.cluster();
    const [found] = await cluster.metadata([topic], soon());
    const leader = found?.partitions.find(one => one.partition === partition)?.leader ?? -1;
    const error = await cluster.send(leader, deleteRecords, {topic, partition, before}, soon());
    if (error !== 0) throw failureOf(error, `cut of ${topic} ${partition}`);
  }

  /** Writes so many messages into each partition, in its order. */
  async fill(topic: string, counts: readonly number[]): Promise<void> {
    const producer = this.kafka.producer({idempotent: true});
    await producer.connect();
    const messages = counts.flatMap((count, partition) =>
      Array.from({length: count}, (_, index) => ({partition, key: `key-${index % 7}`, value: `value ${index}`})),
    );
    if (messages.length > 0) await producer.send({topic, messages});
    await producer.disconnect();
  }

  /** A transaction of so many messages into partition 0; it stays open when it is not ended. */
  async transaction(topic: string, count: number, end: 'commit' | 'abort' | 'stay open'): Promise<string> {
    const transactionalId = uniqueName('txn');
    const producer = this.kafka.producer({transactionalId, maxInFlightRequests: 1, idempotent: true});
    await producer.connect();
    const transaction = await producer.transaction();
    await transaction.send({
      topic,
      messages: Array.from({length: count}, (_, index) => ({partition: 0, value: `${end} ${index}`})),
    });
    if (end === 'commit') await transaction.commit();
    if (end === 'abort') await transaction.abort();
    if (end === 'stay open') {
      this.#closers.push(async () => {
        await transaction.abort();
        await producer.disconnect();
      });
    } else await producer.disconnect();
    return transactionalId;
  }

  /** Commits from outside, as admin tools do; the group is made by it, and is then classic and empty. */
  async commit(
    group: string,
    topic: string,
    offsets: ReadonlyMap<number, bigint>,
    as: {member: string; epoch: number} = {member: '', epoch: -1},
  ): Promise<void> {
    const cluster = await this.cluster();
    const node = await this.coordinator(group);
    await retry(async () => {
      const errors = await cluster.send(node, offsetCommit, {group, ...as, topic, offsets}, soon());
      const error = errors.find(one => one !== 0);
      if (error !== undefined) throw failureOf(error, `commit for ${group}`);
    }, soon());
  }

  async coordinator(group: string): Promise<number> {
    const {byNode, problems} = await coordinatorsOf(await this.cluster(), [group], soon());
    const node = [...byNode.keys()][0];
    if (node === undefined) throw new Error(`no coordinator: ${[...problems.values()].join()}`);
    return node;
  }

  async config(type: number, name: string, key: string, value: string): Promise<void> {
    const error = await (await this.cluster()).send(null, incrementalAlterConfigs, {type, name, key, value}, soon());
    if (error !== null) throw new Error(error);
  }

  /** Joins a group of the newer consumer protocol (or a share group) and stays in it. @returns id and epoch of the member */
  async join(
    kind: 'consumer' | 'share',
    group: string,
    topic: string,
  ): Promise<{member: string; epoch: number; assigned: readonly Owned[]}> {
    const cluster = await this.cluster();
    const node = await this.coordinator(group);
    const api = kind === 'share' ? shareGroupHeartbeat : consumerGroupHeartbeat;
    const member = uniqueName('member');
    let epoch = 0;
    let assigned: readonly Owned[] = [];
    const beat = async (topics: readonly string[] | null, owned: readonly Owned[] | null) => {
      const answer = await cluster.send(node, api, {group, epoch, member, topics, owned}, soon());
      if (answer.error !== 0) throw failureOf(answer.error, `heartbeat of ${group}`, answer.message);
      epoch = answer.epoch;
      assigned = answer.assigned ?? assigned;
    };
    await retry(() => beat([topic], []), soon()).catch((error: unknown) => {
      throw isPassing(error) ? new Error(`${group} could not be joined`, {cause: error}) : error;
    });
    await until(async () => {
      await beat(null, assigned);
      return assigned.length > 0;
    });
    await beat(null, assigned);
    this.#closers.push(async () => {
      epoch = -1;
      await beat(null, null);
    });
    return {member, epoch, assigned};
  }

  onClose(close: () => Promise<unknown>): void {
    this.#closers.push(close);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const close of this.#closers.reverse()) await close();
  }
}

/** Asks again until it is so; a generous limit, for a machine that does much else. */
export async function until(isSo: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 60_000;
  while (!(await isSo())) {
    if (Date.now() > end) throw new Error(`still not so after 60 s: ${isSo.toString()}`);
    await new Promise(resolve => setTimeout(resolve, 200));
  }
}

export const all = {names: everything, internal: false, destinations: everything};
