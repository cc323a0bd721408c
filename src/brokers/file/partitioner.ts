/** Spreads messages over partitions: one key always to one partition, keyless ones in turn. */
export class Partitioner {
  readonly #partitions: readonly (string | null)[];
  #turn = 0;

  constructor(partitions: readonly (string | null)[]) {
    this.#partitions = partitions;
  }

  partitionFor(key: Uint8Array | null): string | null {
    const index = key === null ? this.#turn++ : fnv1a(key);
    return this.#partitions[index % this.#partitions.length] ?? null;
  }
}

/** FNV-1a, 32 bits: short, and even enough for a partition number. */
function fnv1a(bytes: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}
