import {stopIfAborted} from '../errors.ts';
import type {Batch, ReadLimits, ReadRange} from '../port.ts';
import {Failure} from '../../model/failure.ts';
import type {Target} from '../../model/target.ts';
import {inTurn, resized} from './batch-sizes.ts';
import {LeaderFetches} from './leader-fetches.ts';
import type {Round} from './leader-fetches.ts';
import {logOffsets} from './log-offsets.ts';
import {PartitionRead} from './partition-read.ts';
import {readBounds} from './read-bounds.ts';
import type {Cluster} from './wire/cluster.ts';
import {code, failureOf, isTransient} from './wire/error-codes.ts';
import type {FetchedPartition} from './wire/fetch.ts';
import {offsetAt} from './wire/list-offsets.ts';
import type {TopicMetadata} from './wire/metadata.ts';

const leastFetchBytes = 64 * 1024;
const mostFetchBytes = 16 * 1024 * 1024;

/** Besides what passes by itself: a place that retention has passed, and a topic that its new leader does not know yet. */
const worthAnotherTry: ReadonlySet<number> = new Set([code.offsetOutOfRange, code.unknownTopicId]);

/** What a round left to do: batches to give out in turn, and the partitions whose leader must be looked up again. */
interface Taken {
  readonly sources: AsyncGenerator<Batch, void, undefined>[];
  readonly troubled: PartitionRead[];
}

/** One read of a topic, from all leaders at once. */
export class TopicRead {
  readonly #cluster: Cluster;
  readonly #target: Target;
  readonly #range: ReadRange;
  readonly #limits: ReadLimits;
  readonly #signal: AbortSignal;

  constructor(cluster: Cluster, target: Target, range: ReadRange, limits: ReadLimits, signal: AbortSignal) {
    this.#cluster = cluster;
    this.#target = target;
    this.#range = range;
    this.#limits = limits;
    this.#signal = signal;
  }

  /** @throws {Failure} as `Reader.read` says */
  async *batches(): AsyncGenerator<Batch, void, undefined> {
    const {topic, bounds} = await readBounds(this.#cluster, this.#target, this.#range, this.#signal);
    const reads: PartitionRead[] = [];
    for (const bound of bounds) {
      if (bound.problem === undefined) {
        const read = new PartitionRead(topic.name, bound, leaderOf(topic, bound.partition));
        reads.push(read);
        if (bound.removedFrom !== null) yield read.skipTo(bound.start, notHeld(read, bound.removedFrom, bound.from));
      } else {
        yield unmeasured(topic.name, bound.partition, bound.problem);
      }
    }
    const fetches = new LeaderFetches(this.#cluster, topic, reads, this.#fetchBytes(reads), this.#signal);
    fetches.start();
    for (let round = await fetches.next(); round; round = await fetches.next()) {
      const {sources, troubled} = this.#take(round);
      if (troubled.length > 0) yield* this.#lookAgain(topic, troubled);
      // What comes next is fetched while this is given out, unless the caller wants only a few messages.
      if (this.#limits.messages === null) fetches.start();
      yield* inTurn(sources.map(source => resized(source, this.#limits.batchMessages)));
      fetches.start();
    }
  }

  /** The memory is for two answers a leader: the one that is given out and the one that is under way. */
  #fetchBytes(reads: readonly PartitionRead[]): number {
    const leaders = new Set(reads.map(({leader}) => leader)).size;
    const share = Math.floor(this.#limits.batchBytes / (2 * Math.max(leaders, 1)));
    return Math.min(Math.max(share, leastFetchBytes), mostFetchBytes);
  }

  #take({asked, outcome}: Round): Taken {
    stopIfAborted(this.#signal);
    if (outcome instanceof Failure) {
      if (outcome.kind !== 'tryAgain' && outcome.kind !== 'unreachable') throw outcome;
      return {sources: [], troubled: asked.map(read => inTrouble(read, outcome))};
    }
    const taken: Taken = {sources: [], troubled: []};
    for (const [index, read] of asked.entries()) {
      const answer = outcome.find(({partition}) => partition === read.partition);
      if (answer) this.#takeOne(read, answer, index === 0, taken);
    }
    return taken;
  }

  #takeOne(read: PartitionRead, answer: FetchedPartition, isFirst: boolean, taken: Taken): void {
    const what = `Could not read ${read.name}`;
    if (answer.error === code.none) {
      const sources = read.accept(answer);
      taken.sources.push(...sources);
      if (sources.length > 0 || this.#range.follow) read.trouble = null;
      // Others may have used up the room, but the first one of a request always gets a batch when there is any.
      else if (isFirst) {
        const broker = `it sent nothing from offset ${read.next} on, though its log goes on`;
        taken.troubled.push(inTrouble(read, new Failure('tryAgain', what, {broker})));
      }
    } else if (worthAnotherTry.has(answer.error) || isTransient(answer.error)) {
      taken.troubled.push(inTrouble(read, failureOf(answer.error, what), answer.error));
    } else {
      const failure = failureOf(answer.error, what);
      if (failure.kind === 'denied') throw failure;
      taken.sources.push(once(read.stopped(failure)));
    }
  }

  /** Finds out where troubled partitions are now, and gives up those that have been in trouble for too long. */
  async *#lookAgain(topic: TopicMetadata, troubled: readonly PartitionRead[]): AsyncGenerator<Batch, void, undefined> {
    const now = await this.#freshMetadata(topic.name);
    for (const read of troubled) {
      const {trouble} = read;
      if (!trouble) continue;
      if (now) read.leader = leaderOf(now, read.partition);
      if (now && now.id !== topic.id) {
        yield read.stopped(new Failure('notFound', `Topic "${topic.name}" was deleted and made again during the read`));
      } else if (trouble.outOfRange) {
        yield* this.#outOfRange(topic, read);
      } else if (performance.now() - trouble.since > this.#target.timeoutMs) {
        yield read.stopped(trouble.failure);
      }
    }
  }

  /**
   * Retention moves the log's start while a read is under way: what it removed is named, and the read goes on at the new
   * start. A log that ends before our place was cut by an unclean election: nothing says where to go on.
   */
  async *#outOfRange(topic: TopicMetadata, read: PartitionRead): AsyncGenerator<Batch, void, undefined> {
    const one = {...topic, partitions: [{...partitionOf(topic, read.partition), leader: read.leader}]};
    const ask = (at: bigint) => logOffsets(this.#cluster, [one], {at, readCommitted: true}, this.#signal);
    const [first, end] = (await Promise.all([ask(offsetAt.earliest), ask(offsetAt.latest)])).map(table =>
      table.get(topic.name, read.partition),
    );
    if (first?.problem !== undefined || end?.problem !== undefined || !first || !end) return;
    if (read.next < first.offset) {
      const lost = `Offsets ${read.next} to ${first.offset - 1n} of ${read.name} were removed before they could be read`;
      const broker = `OFFSET_OUT_OF_RANGE (1): the log now starts at ${first.offset}`;
      read.trouble = null;
      yield read.skipTo(first.offset, new Failure('data', lost, {broker, hints: ['Retention has passed the read.']}));
    } else if (read.next > end.offset) {
      const broker = `OFFSET_OUT_OF_RANGE (1): the log now ends at ${end.offset}`;
      yield read.stopped(new Failure('data', `${read.name} was cut before offset ${read.next}`, {broker}));
    }
  }

  async #freshMetadata(name: string): Promise<TopicMetadata | null> {
    try {
      const [topic] = await this.#cluster.metadata([name], this.#signal);
      return topic?.error === code.none ? topic : null;
    } catch (error) {
      stopIfAborted(this.#signal);
      if (error instanceof Failure) return null;
      throw error;
    }
  }
}

function notHeld(read: PartitionRead, asked: bigint, first: bigint): Failure {
  return new Failure('data', `Offsets ${asked} to ${first - 1n} of ${read.name} are not held any more`, {
    broker: `the log starts at offset ${first}`,
    hints: ['The read goes on from there: retention, or somebody, has removed what came before.'],
  });
}

function inTrouble(read: PartitionRead, failure: Failure, error: number | null = null): PartitionRead {
  read.trouble = {
    since: read.trouble?.since ?? performance.now(),
    failure,
    outOfRange: error === code.offsetOutOfRange,
  };
  return read;
}

function leaderOf(topic: TopicMetadata, partition: number): number {
  return topic.partitions.find(one => one.partition === partition)?.leader ?? -1;
}

function partitionOf(topic: TopicMetadata, partition: number): TopicMetadata['partitions'][number] {
  const found = topic.partitions.find(one => one.partition === partition);
  if (!found) throw new Error(`no partition ${partition} in ${topic.name}`);
  return found;
}

async function* once(batch: Batch): AsyncGenerator<Batch, void, undefined> {
  yield batch;
}

function unmeasured(topic: string, partition: number, broker: string): Batch {
  const problem = new Failure('tryAgain', `Could not read topic "${topic}" partition ${partition}`, {
    broker,
    hints: [`See its leader and replicas: brokerctl describe ${topic}`],
  });
  return {partition: String(partition), messages: [], next: null, end: null, problem};
}
