export interface Counted<Item> {
  readonly item: Item;
  /** At most this often, and at least `count - errorBound` times. */
  readonly count: number;
  readonly errorBound: number;
}

interface Counter {
  count: number;
  errorBound: number;
}

/**
 * Counts the most frequent items of a stream in bounded memory: the space-saving sketch of Metwally, Agrawal and El Abbadi,
 * "Efficient computation of frequent and top-k elements in data streams" (ICDT 2005). A new item takes the place of the
 * least counted one and inherits its count as its error. With m counters after n items, no count is below the truth, none
 * is above it by more than its error bound, no error bound is above n/m, and every item seen more than n/m times is held.
 */
export class SpaceSaving<Item> {
  readonly #capacity: number;
  readonly #counters = new Map<Item, Counter>();
  /** Items by count, so that the least is found at once. */
  readonly #items = new Map<number, Set<Item>>();
  #least = 0;

  /** @param capacity how many items are counted at once; at least 1 */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** Counts one. @returns the item that was dropped for it, if one was */
  add(item: Item): Item | undefined {
    const known = this.#counters.get(item);
    if (known) {
      this.#move(item, known.count, known.count + 1);
      known.count++;
      return undefined;
    }
    if (this.#counters.size < this.#capacity) {
      this.#counters.set(item, {count: 1, errorBound: 0});
      this.#put(item, 1);
      this.#least = 1;
      return undefined;
    }
    const [dropped] = this.#items.get(this.#least) ?? [];
    const errorBound = this.#least;
    if (dropped !== undefined) this.#counters.delete(dropped);
    this.#counters.set(item, {count: errorBound + 1, errorBound});
    this.#put(item, errorBound + 1);
    if (dropped !== undefined) this.#take(dropped, errorBound);
    return dropped;
  }

  /** The most counted items, the greatest first. */
  top(most: number): Counted<Item>[] {
    return [...this.#counters]
      .map(([item, {count, errorBound}]) => ({item, count, errorBound}))
      .sort((a, b) => b.count - a.count)
      .slice(0, most);
  }

  #move(item: Item, from: number, to: number): void {
    this.#put(item, to);
    this.#take(item, from);
  }

  #put(item: Item, count: number): void {
    const items = this.#items.get(count);
    if (items) items.add(item);
    else this.#items.set(count, new Set([item]));
  }

  /** Counts only grow by one, so after the last item of the least count the next count has one. */
  #take(item: Item, count: number): void {
    const items = this.#items.get(count);
    items?.delete(item);
    if (items?.size !== 0) return;
    this.#items.delete(count);
    if (count === this.#least) this.#least = count + 1;
  }
}
