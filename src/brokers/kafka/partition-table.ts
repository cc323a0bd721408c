/** Values kept by topic and partition. Every look-up names both: two topics, or two groups, must never be mixed up. */
export class PartitionTable<T> {
  readonly #topics = new Map<string, Map<number, T>>();

  get(topic: string, partition: number): T | undefined {
    return this.#topics.get(topic)?.get(partition);
  }

  set(topic: string, partition: number, value: T): void {
    let partitions = this.#topics.get(topic);
    if (!partitions) this.#topics.set(topic, (partitions = new Map<number, T>()));
    partitions.set(partition, value);
  }

  topics(): readonly string[] {
    return [...this.#topics.keys()];
  }

  /** In the order of partition numbers. */
  partitions(topic: string): readonly (readonly [number, T])[] {
    return [...(this.#topics.get(topic) ?? [])].sort(([one], [other]) => one - other);
  }
}
