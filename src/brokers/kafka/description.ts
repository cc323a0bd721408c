import {none} from '../capabilities.ts';
import type {Capabilities} from '../capabilities.ts';
import {noDestination, stopIfAborted} from '../errors.ts';
import type {Description} from '../port.ts';
import {Failure} from '../../model/failure.ts';
import type {Target} from '../../model/target.ts';
import {destinations} from './destinations.ts';
import {openTransactions} from './open-transactions.ts';
import type {OpenTransaction} from './open-transactions.ts';
import {topicsNamed} from './topics.ts';
import type {Cluster} from './wire/cluster.ts';
import {configOf, describeConfigs} from './wire/describe-configs.ts';
import type {ConfigEntry} from './wire/describe-configs.ts';
import {code, failureOf, problemOf} from './wire/error-codes.ts';
import type {TopicMetadata} from './wire/metadata.ts';
import {retry} from './wire/retry.ts';

/** One topic in full: partitions with their replicas, configs that somebody has set, open transactions. Who reads it is asked apart. */
export async function description(
  cluster: Cluster,
  target: Target,
  capabilities: Capabilities,
  name: string,
  signal: AbortSignal,
): Promise<Description> {
  const names = {exact: [name], matches: (one: string) => one === name};
  const topic = (await topicsNamed(cluster, [name], signal)).topics[0];
  if (!topic) throw noDestination(target, 'topic', name);
  if (topic.error !== code.none) throw failureOf(topic.error, `Could not read the topic "${name}"`);
  const [listing, configs, transactions] = await Promise.all([
    destinations(cluster, {names, internal: true}, signal),
    configsOf(cluster, name, signal),
    openTransactions(cluster, topic, signal),
  ]);
  const destination = listing.items[0];
  if (!destination) throw noDestination(target, 'topic', name);
  const set = configs.entries.filter(({setHere}) => setHere);
  const facts = [
    ...topicFacts(topic),
    ...set.map(entry => ({section: 'configs', name: entry.name, value: shown(entry)})),
    ...(configs.problem === null ? [] : [{section: 'configs', name: 'not readable', value: configs.problem}]),
    ...topic.partitions
      .toSorted((one, other) => one.partition - other.partition)
      .map(partition => ({
        section: 'partitions',
        name: String(partition.partition),
        value:
          `leader ${partition.leader < 0 ? 'none' : partition.leader}, replicas ${partition.replicas.join(' ')}, ` +
          `in sync ${partition.inSync.join(' ') || 'none'}`,
      })),
    ...(transactions ?? []).map(open => ({
      section: 'open transactions',
      name: `partition ${open.partition}`,
      value: transactionLine(open),
    })),
  ];
  const record = {
    topic: {...topic},
    configs: Object.fromEntries(set.map(entry => [entry.name, shown(entry)])),
    openTransactions: transactions?.map(open => ({
      ...open,
      producerId: String(open.producerId),
      firstOffset: String(open.firstOffset),
      lastWrite: open.lastWrite.toISOString(),
      startedAt: open.startedAt?.toISOString() ?? null,
    })),
  };
  return {destination, capabilities: narrowed(capabilities, configs.entries), facts, record};
}

async function configsOf(
  cluster: Cluster,
  name: string,
  signal: AbortSignal,
): Promise<{entries: readonly ConfigEntry[]; problem: string | null}> {
  try {
    const resources = [{type: configOf.topic, name, keys: null}];
    const answer = await retry(() => cluster.send(null, describeConfigs, {resources}, signal), signal);
    const one = answer.resources[0];
    if (!one || one.error !== code.none) {
      return {entries: [], problem: one ? problemOf(one.error, one.message) : 'no answer'};
    }
    return {entries: one.entries, problem: null};
  } catch (error) {
    stopIfAborted(signal);
    if (!(error instanceof Failure)) throw error;
    return {entries: [], problem: error.broker ?? error.message};
  }
}

function shown({value, secret}: ConfigEntry): string {
  return secret ? '***' : (value ?? '');
}

function topicFacts(topic: TopicMetadata): Description['facts'] {
  const factor = Math.max(0, ...topic.partitions.map(({replicas}) => replicas.length));
  const behind = topic.partitions.filter(({replicas, inSync}) => inSync.length < replicas.length);
  return [
    ...(topic.id === null ? [] : [{section: 'topic', name: 'id', value: topic.id}]),
    {section: 'topic', name: 'replication factor', value: String(factor)},
    ...(behind.length === 0
      ? []
      : [{section: 'topic', name: 'under-replicated', value: behind.map(({partition}) => partition).join(' ')}]),
  ];
}

function transactionLine({transactionalId, producerId, firstOffset, lastWrite}: OpenTransaction): string {
  const who = transactionalId === null ? `producer ${producerId}, known to no coordinator` : transactionalId;
  return `${who}, from offset ${firstOffset}, last write ${lastWrite.toISOString()}`;
}

function narrowed(capabilities: Capabilities, configs: readonly ConfigEntry[]): Capabilities {
  const stamps = configs.find(({name}) => name === 'message.timestamp.type')?.value === 'LogAppendTime';
  if (!stamps) return capabilities;
  const reason = 'the topic puts the time of storing on messages (message.timestamp.type=LogAppendTime)';
  return {...capabilities, 'write.timestamp': none(reason)};
}
