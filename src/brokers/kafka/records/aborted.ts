import type {Chunk} from './chunk.ts';
import {batchFacts, isAbortMarker} from './record-batch.ts';

/** A transaction that was aborted, as a Fetch with isolation level 1 lists it. */
export interface AbortedTransaction {
  readonly producerId: bigint;
  readonly firstOffset: bigint;
}

/**
 * Tells which batches of one answer's partition are no messages: markers, and what aborted transactions wrote. An aborted
 * producer's batches are dropped from its first offset on, up to its abort marker. Batches are shown to it in order.
 */
export class AbortedFilter {
  readonly #coming: AbortedTransaction[];
  readonly #aborted = new Set<bigint>();

  constructor(aborted: readonly AbortedTransaction[]) {
    this.#coming = [...aborted].sort((a, b) => (a.firstOffset < b.firstOffset ? -1 : 1));
  }

  /** @throws {Failure} `data` on a header or marker that cannot be read */
  drops({magic, next, bytes}: Chunk): boolean {
    if (magic !== 2) return false;
    for (let first = this.#coming[0]; first && first.firstOffset < next; first = this.#coming[0]) {
      this.#aborted.add(first.producerId);
      this.#coming.shift();
    }
    const {control, transactional, producerId} = batchFacts(bytes);
    if (control) {
      if (producerId !== null && isAbortMarker(bytes)) this.#aborted.delete(producerId);
      return true;
    }
    return transactional && producerId !== null && this.#aborted.has(producerId);
  }
}
