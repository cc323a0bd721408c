import type {Filter} from '../port.ts';
import type {NameFilter} from '../../model/name-filter.ts';
import type {Cluster} from './wire/cluster.ts';
import {code} from './wire/error-codes.ts';
import type {TopicMetadata} from './wire/metadata.ts';

/** Kafka makes this topic when the first transaction begins. */
const transactionLog = '__transaction_state';

export interface Topics {
  readonly topics: readonly TopicMetadata[];
  /**
   * False when the cluster never had a transaction. Else offsets count more than messages: each commit or abort leaves a
   * marker in the log, and aborted messages keep their offsets.
   */
  readonly transactions: boolean;
}

/** Kept by Kafka itself, or by the schema registry and Confluent's services in it. */
export function isInternal(name: string, flagged: boolean): boolean {
  return flagged || /^(?:__|_schemas$|_confluent)/.test(name);
}

/** True for what a filter asks for; a name written in full is asked for even when it is internal. */
export function isWanted(filter: Filter, name: string, internal: boolean): boolean {
  return filter.names.matches(name) && (!internal || filter.internal || filter.names.exact !== null);
}

/** Topics of these names, in their order; those that do not exist are left out. */
export async function topicsNamed(cluster: Cluster, names: NameFilter['exact'], signal: AbortSignal): Promise<Topics> {
  const wanted = names && new Set(names);
  const found = await cluster.metadata(wanted && [...new Set([...wanted, transactionLog])], signal);
  const existing = found.filter(({error}) => error !== code.unknownTopicOrPartition && error !== code.invalidTopic);
  return {
    topics: existing
      .filter(({name}) => wanted?.has(name) ?? true)
      .sort((one, other) => (one.name < other.name ? -1 : 1)),
    // Without the right to see that topic, transactions must be expected.
    transactions: existing.some(({name}) => name === transactionLog),
  };
}
