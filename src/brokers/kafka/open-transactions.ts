import {stopIfAborted} from '../errors.ts';
import {Failure} from '../../model/failure.ts';
import type {Cluster} from './wire/cluster.ts';
import {describeProducers} from './wire/describe-producers.ts';
import {describeTransactions} from './wire/describe-transactions.ts';
import {code} from './wire/error-codes.ts';
import {listTransactions} from './wire/list-transactions.ts';
import type {TopicMetadata} from './wire/metadata.ts';

/** A transaction that has written to a partition and is neither committed nor aborted. */
export interface OpenTransaction {
  readonly partition: number;
  readonly producerId: bigint;
  readonly firstOffset: bigint;
  readonly lastWrite: Date;
  /** `null` when no coordinator knows it: then nothing will ever end it, and it hangs. */
  readonly transactionalId: string | null;
  readonly startedAt: Date | null;
  readonly timeoutMs: number | null;
}

/**
 * Open transactions on a topic: one request to each leader, and with any open one to each node for their ids.
 * @returns `null` where it cannot be told: a missing right, or a server before 3.0
 */
export async function openTransactions(
  cluster: Cluster,
  topic: TopicMetadata,
  signal: AbortSignal,
): Promise<readonly OpenTransaction[] | null> {
  if (cluster.version(describeProducers) === null || cluster.version(listTransactions) === null) return null;
  try {
    const leaders = [...new Set(topic.partitions.map(({leader}) => leader))].filter(node => cluster.nodes.has(node));
    const answers = await Promise.all(
      leaders.map(leader => {
        const partitions = topic.partitions.filter(one => one.leader === leader).map(({partition}) => partition);
        return cluster.send(leader, describeProducers, {topics: [{name: topic.name, partitions}]}, signal);
      }),
    );
    const partitions = answers.flatMap(({topics}) => topics.flatMap(one => one.partitions));
    if (partitions.some(({error}) => error !== code.none)) return null;
    const open = partitions.flatMap(({partition, producers}) =>
      producers.filter(({transactionStart}) => transactionStart >= 0n).map(producer => ({partition, producer})),
    );
    if (open.length === 0) return [];
    const known = await transactionsOf(cluster, [...new Set(open.map(({producer}) => producer.producerId))], signal);
    return open.map(({partition, producer}) => ({
      partition,
      producerId: producer.producerId,
      firstOffset: producer.transactionStart,
      lastWrite: new Date(Number(producer.lastTimestamp)),
      ...(known.get(producer.producerId) ?? {transactionalId: null, startedAt: null, timeoutMs: null}),
    }));
  } catch (error) {
    stopIfAborted(signal);
    if (error instanceof Failure) return null;
    throw error;
  }
}

type Known = Pick<OpenTransaction, 'transactionalId' | 'startedAt' | 'timeoutMs'>;

async function transactionsOf(
  cluster: Cluster,
  producerIds: readonly bigint[],
  signal: AbortSignal,
): Promise<ReadonlyMap<bigint, Known>> {
  const found = await Promise.all(
    [...cluster.nodes.keys()].map(async node => {
      const {transactions} = await cluster.send(node, listTransactions, {states: [], producerIds}, signal);
      if (transactions.length === 0) return [];
      const transactionalIds = transactions.map(({transactionalId}) => transactionalId);
      const described = await cluster.send(node, describeTransactions, {transactionalIds}, signal);
      return described.transactions.filter(({error}) => error === code.none);
    }),
  );
  return new Map(
    found.flat().map(one => [
      one.producerId,
      {
        transactionalId: one.transactionalId,
        startedAt: one.startedAt < 0n ? null : new Date(Number(one.startedAt)),
        timeoutMs: one.timeoutMs,
      },
    ]),
  );
}
