/** Items of several iterables as they come. When one throws, or the reader stops, all are ended. */
export async function* merge<T>(iterables: readonly AsyncIterable<T>[]): AsyncGenerator<T, void> {
  const iterators = iterables.map(iterable => iterable[Symbol.asyncIterator]());
  const next = async (iterator: AsyncIterator<T>) => ({iterator, result: await iterator.next()});
  const pending = new Map(iterators.map(iterator => [iterator, next(iterator)]));
  try {
    while (pending.size > 0) {
      const {iterator, result} = await Promise.race(pending.values());
      if (result.done) {
        pending.delete(iterator);
        continue;
      }
      pending.set(iterator, next(iterator));
      yield result.value;
    }
  } finally {
    // A generator that waits for a message ends only with its signal, so nobody waits for it here.
    for (const [iterator, waiting] of pending) {
      waiting.catch(() => undefined);
      void Promise.resolve(iterator.return?.()).catch(() => undefined);
    }
  }
}
