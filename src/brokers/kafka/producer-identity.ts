import {Failure} from '../../model/failure.ts';
import type {ProducerMark} from './records/encode-batch.ts';
import type {Cluster} from './wire/cluster.ts';
import {code, failureOf} from './wire/error-codes.ts';
import {initProducerId} from './wire/init-producer-id.ts';
import {retry} from './wire/retry.ts';

/**
 * An identity for one partition's writes. The broker stores each sequence number once, so a batch whose confirmation was
 * lost may be sent again.
 */
export class ProducerIdentity {
  readonly #producerId: bigint;
  readonly #epoch: number;
  #sequence = 0;

  constructor(producerId: bigint, epoch: number) {
    this.#producerId = producerId;
    this.#epoch = epoch;
  }

  /** The mark of the next batch; the same until `stored` moves on. */
  get mark(): ProducerMark {
    return {producerId: this.#producerId, epoch: this.#epoch, sequence: this.#sequence};
  }

  /** Counts a batch's records once the broker has it. Sequence numbers begin again after 2^31 - 1. */
  stored(records: number): void {
    this.#sequence = (this.#sequence + records) % 2 ** 31;
  }
}

/**
 * A fresh identity, the same numbers for each partition that asks `for` one; `null` where the cluster does not give us one.
 * Then nothing may be sent twice.
 */
export async function newProducer(cluster: Cluster, signal: AbortSignal): Promise<(() => ProducerIdentity) | null> {
  try {
    return await retry(async () => {
      const {error, producerId, epoch} = await cluster.send(null, initProducerId, {}, signal);
      if (error !== code.none) throw failureOf(error, 'Could not become an idempotent producer');
      return () => new ProducerIdentity(producerId, epoch);
    }, signal);
  } catch (error) {
    // Before Kafka 2.8 it needs a right of its own, IdempotentWrite on the cluster.
    if (error instanceof Failure && (error.kind === 'denied' || error.kind === 'unsupported')) return null;
    throw error;
  }
}
