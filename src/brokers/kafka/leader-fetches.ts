import {setTimeout as sleep} from 'node:timers/promises';
import {stopIfAborted} from '../errors.ts';
import {Failure} from '../../model/failure.ts';
import type {PartitionRead} from './partition-read.ts';
import type {Cluster} from './wire/cluster.ts';
import {code, failureOf} from './wire/error-codes.ts';
import {fetch} from './wire/fetch.ts';
import type {FetchedPartition} from './wire/fetch.ts';
import type {TopicMetadata} from './wire/metadata.ts';

/** How long a server may hold an answer back: new messages come at once, and an abort leaves the socket busy no longer. */
const maxWaitMs = 500;
const pauseMs = 200;
const leastShareBytes = 128 * 1024;

/** What one server answered, or why it did not. The partitions are those that it was asked for. */
export interface Round {
  readonly asked: readonly PartitionRead[];
  readonly outcome: readonly FetchedPartition[] | Failure;
}

/**
 * The Fetch requests of a read: at most one to each leader at a time, all leaders at once. A server sends the first
 * partition's batch whole and others only as far as there is room, so what gave something goes to the end of the queue.
 */
export class LeaderFetches {
  readonly #cluster: Cluster;
  readonly #topic: TopicMetadata;
  readonly #maxBytes: number;
  readonly #signal: AbortSignal;
  readonly #underWay = new Map<string, Promise<{name: string; round: Round}>>();
  #queue: PartitionRead[];

  constructor(
    cluster: Cluster,
    topic: TopicMetadata,
    reads: readonly PartitionRead[],
    maxBytes: number,
    signal: AbortSignal,
  ) {
    this.#cluster = cluster;
    this.#topic = topic;
    this.#queue = [...reads];
    this.#maxBytes = maxBytes;
    this.#signal = signal;
  }

  /** Starts what can be started: a request to every leader that has none under way. */
  start(): void {
    this.#queue = this.#queue.filter(read => !read.done);
    const groups = new Map<string, PartitionRead[]>();
    for (const read of this.#queue) {
      // What is in trouble is asked apart, so that nothing waits for it.
      const name = `${read.leader} ${read.trouble ? 'again' : ''}`;
      groups.set(name, [...(groups.get(name) ?? []), read]);
    }
    for (const [name, asked] of groups) {
      if (!this.#underWay.has(name)) this.#underWay.set(name, this.#ask(name, asked));
    }
  }

  /** The next round that ends; `null` when nothing is under way. */
  async next(): Promise<Round | null> {
    if (this.#underWay.size === 0) return null;
    const {name, round} = await Promise.race(this.#underWay.values());
    this.#underWay.delete(name);
    if (!(round.outcome instanceof Failure)) {
      const gave = new Set(round.outcome.filter(({records}) => records.length > 0).map(({partition}) => partition));
      const [served, waiting] = [true, false].map(one => this.#queue.filter(read => gave.has(read.partition) === one));
      this.#queue = [...(waiting ?? []), ...(served ?? [])];
    }
    return round;
  }

  async #ask(name: string, asked: readonly PartitionRead[]): Promise<{name: string; round: Round}> {
    return {name, round: {asked, outcome: await this.#answer(asked)}};
  }

  async #answer(asked: readonly PartitionRead[]): Promise<readonly FetchedPartition[] | Failure> {
    const [{leader, trouble} = {leader: -1, trouble: null}] = asked;
    try {
      if (trouble) await sleep(pauseMs, undefined, {signal: this.#signal}).catch(() => stopIfAborted(this.#signal));
      if (leader < 0) return new Failure('tryAgain', 'No leader', {broker: 'the partition has no leader now'});
      const share = Math.max(Math.floor(this.#maxBytes / asked.length), leastShareBytes);
      const request = {
        topic: this.#topic.name,
        topicId: this.#topic.id,
        maxWaitMs,
        maxBytes: this.#maxBytes,
        partitions: asked.map(({partition, next}) => ({partition, offset: next, maxBytes: share})),
      };
      const {error, partitions} = await this.#cluster.send(leader, fetch, request, this.#signal, {waitMs: maxWaitMs});
      return error === code.none ? partitions : failureOf(error, `Could not read topic "${this.#topic.name}"`);
    } catch (error) {
      if (error instanceof Failure) return error;
      throw error;
    }
  }
}
