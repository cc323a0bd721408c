import type {Target} from '../../model/target.ts';
import type {Reader, Taker, Writer} from '../port.ts';
import type {LookUpQueue} from './queue-facts.ts';

/**
 * Reader, taker and writer, each loaded when it is first used: the AMQP client is of no use to whoever only looks at
 * queues.
 */
export function messageFacets(
  target: Target,
  lookUp: LookUpQueue,
): {readonly reader: Reader; readonly taker: Taker; readonly writer: Writer} & AsyncDisposable {
  let loadingTaker: Promise<Taker & AsyncDisposable> | null = null;
  const takerNow = (): Promise<Taker & AsyncDisposable> =>
    (loadingTaker ??= import('./taker.ts').then(({rabbitTaker}) => rabbitTaker(target, lookUp)));
  return {
    reader: {
      async *read(range, limits, signal) {
        const {rabbitReader} = await import('./stream-reader.ts');
        yield* rabbitReader(target, lookUp).read(range, limits, signal);
      },
    },
    taker: {
      async *take(destination, limits, signal) {
        yield* (await takerNow()).take(destination, limits, signal);
      },
      async settle(deliveries, how, signal) {
        return (await takerNow()).settle(deliveries, how, signal);
      },
    },
    writer: {
      async open(destination, options, signal) {
        const {rabbitWriter} = await import('./writer.ts');
        return rabbitWriter(target, lookUp).open(destination, options, signal);
      },
    },
    async [Symbol.asyncDispose]() {
      await (await loadingTaker)?.[Symbol.asyncDispose]();
    },
  };
}
