import {Failure} from '../../model/failure.ts';
import type {Target} from '../../model/target.ts';
import {stopIfAborted} from '../errors.ts';
import type {AmqpLink, QueueCounts} from './amqp.ts';

export type {QueueCounts} from './amqp.ts';

/** Queues that are counted side by side; the client library sends one request at a time on each channel. */
const channels = 8;

/**
 * The inspector's AMQP connection, opened when it is first needed: most of what the inspector says comes from the
 * management API, and loading the client library takes longer than asking it.
 */
export class AmqpOnDemand implements AsyncDisposable {
  readonly #target: Target;
  #link: Promise<AmqpLink> | null;

  constructor(target: Target, link: AmqpLink | null = null) {
    this.#target = target;
    this.#link = link && Promise.resolve(link);
  }

  /**
   * Live counts by passive declare, each queue answered or failed by itself.
   * @throws {Failure} when there is no connection
   */
  async count(queues: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, QueueCounts | Failure>> {
    if (queues.length === 0) return new Map();
    const link = await this.#open(signal);
    const shares = Array.from({length: Math.min(channels, queues.length)}, (_, share) =>
      queues.filter((_queue, index) => index % channels === share),
    );
    try {
      const counts = await Promise.all(shares.map(share => link.count(share, signal)));
      return new Map(counts.flatMap(some => [...some]));
    } catch (error) {
      // The connection is gone: the next call opens another.
      await this[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Live counts, or the reason why there are none. @throws {Failure} `interrupted` */
  async tryCount(
    queues: readonly string[],
    signal: AbortSignal,
  ): Promise<{readonly counts: ReadonlyMap<string, QueueCounts | Failure>; readonly failure: Failure | null}> {
    try {
      return {counts: await this.count(queues, signal), failure: null};
    } catch (failure) {
      stopIfAborted(signal);
      if (!(failure instanceof Failure)) throw failure;
      return {counts: new Map(), failure};
    }
  }

  async #open(signal: AbortSignal): Promise<AmqpLink> {
    const opening = (this.#link ??= import('./amqp.ts').then(({connect}) => connect(this.#target, signal)));
    try {
      return await opening;
    } catch (error) {
      if (this.#link === opening) this.#link = null;
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const link = await this.#link?.catch(() => null);
    this.#link = null;
    await link?.[Symbol.asyncDispose]();
  }
}
