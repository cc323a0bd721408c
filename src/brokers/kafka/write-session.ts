import {setTimeout as sleep} from 'node:timers/promises';
import {denied, interrupted, stopIfAborted} from '../errors.ts';
import type {Outcome, WriteSession} from '../port.ts';
import {Failure} from '../../model/failure.ts';
import type {FailureKind} from '../../model/failure.ts';
import type {OutgoingMessage} from '../../model/message.ts';
import type {Target} from '../../model/target.ts';
import {PartitionWrite} from './partition-write.ts';
import type {Trouble} from './partition-write.ts';
import {newProducer} from './producer-identity.ts';
import type {ProducerIdentity} from './producer-identity.ts';
import {partitionOfKey} from './records/murmur2.ts';
import type {Cluster} from './wire/cluster.ts';
import {TransientError, code, failureOf, isTransient} from './wire/error-codes.ts';
import type {TopicMetadata} from './wire/metadata.ts';
import {produce} from './wire/produce.ts';
import type {ProducedPartition} from './wire/produce.ts';

const pauseMs = 200;
/** Of one request, which a server limits to 100 MB (`socket.request.max.bytes`). */
const requestBytes = 16 * 1024 * 1024;

/** Answers after which the batch may be stored all the same. */
const doubtful: ReadonlySet<number> = new Set([-1, code.requestTimedOut, code.notEnoughReplicasAfterAppend]);
/** The server does not know this producer (any more), or not so. */
const identityLost: ReadonlySet<number> = new Set([
  code.outOfOrderSequence,
  code.invalidProducerEpoch,
  code.unknownProducerId,
]);

/** Failures that waiting does not mend; `interrupted` also says that the broker was closed under us. */
const lasting: ReadonlySet<FailureKind> = new Set(['interrupted', 'denied', 'config', 'usage', 'unsupported']);

interface Request {
  readonly leader: number;
  readonly writes: readonly PartitionWrite[];
}

/** Writes to one topic. One batch a partition is under way at a time: it keeps the order whatever is refused or sent again. */
export class KafkaWriteSession implements WriteSession {
  readonly #cluster: Cluster;
  readonly #target: Target;
  #topic: TopicMetadata;
  /** `null` where the cluster gives no producer ids. */
  readonly #newIdentity: (() => ProducerIdentity) | null;
  /** By partition; `null` for one whose identity is used up. */
  readonly #identities = new Map<number, ProducerIdentity | null>();
  /** Messages without a key go to the partitions in turn. */
  #turn = 0;

  constructor(cluster: Cluster, target: Target, topic: TopicMetadata, newIdentity: (() => ProducerIdentity) | null) {
    this.#cluster = cluster;
    this.#target = target;
    this.#topic = topic;
    this.#newIdentity = newIdentity;
  }

  /** Never throws once something was sent: what was confirmed stays told, whatever became of the rest. */
  async send(batch: readonly OutgoingMessage[], signal: AbortSignal): Promise<readonly Outcome[]> {
    stopIfAborted(signal);
    const outcomes: Outcome[] = [];
    let open = this.#byPartition(batch, outcomes);
    while (open.length > 0) {
      await Promise.all(this.#requests(open).map(request => this.#sendOne(request, signal)));
      for (const write of open) {
        if (signal.aborted) this.#giveUp(write, interrupted());
        else if (write.trouble && this.#isHopeless(write, write.trouble)) this.#giveUp(write, write.trouble.failure);
      }
      open = open.filter(write => !write.done);
      if (open.some(({trouble}) => trouble !== null)) await this.#lookAgain(signal);
    }
    return outcomes;
  }

  async [Symbol.asyncDispose](): Promise<void> {}

  /** Puts each message to its partition; one that asks for a partition that is not there fails. */
  #byPartition(batch: readonly OutgoingMessage[], outcomes: Outcome[]): PartitionWrite[] {
    const writes = new Map<number, PartitionWrite>();
    for (const [index, message] of batch.entries()) {
      const partition = this.#partitionOf(message);
      if (partition instanceof Failure) {
        outcomes[index] = {status: 'failed', failure: partition};
        continue;
      }
      let write = writes.get(partition);
      if (!write) writes.set(partition, (write = new PartitionWrite(this.#topic.name, partition, outcomes)));
      write.add(index, message);
    }
    return [...writes.values()];
  }

  #partitionOf({partition, key}: OutgoingMessage): number | Failure {
    const {name, partitions} = this.#topic;
    if (partition !== null) {
      const found = partitions.find(one => String(one.partition) === partition);
      if (found) return found.partition;
      return new Failure('notFound', `Topic "${name}" has no partition "${partition}"`, {
        hints: [`It has ${partitions.length}. Without a partition the key decides.`],
      });
    }
    if (key !== null) return partitionOfKey(key, partitions.length);
    const led = partitions.filter(({leader}) => leader >= 0);
    const some = led.length > 0 ? led : partitions;
    return some[this.#turn++ % some.length]?.partition ?? 0;
  }

  /** What is to be written, by the leader it goes to. */
  #requests(open: readonly PartitionWrite[]): Request[] {
    const requests = new Map<number, PartitionWrite[]>();
    for (const write of open) {
      const leader = this.#topic.partitions.find(({partition}) => partition === write.partition)?.leader ?? -1;
      requests.set(leader, [...(requests.get(leader) ?? []), write]);
    }
    return [...requests].map(([leader, writes]) => ({leader, writes}));
  }

  async #sendOne({leader, writes}: Request, signal: AbortSignal): Promise<void> {
    const sent: PartitionWrite[] = [];
    try {
      if (leader < 0) throw this.#noLeader();
      const partitions: {partition: number; batch: Buffer}[] = [];
      let bytes = 0;
      for (const write of writes) {
        const batch = await write.head(await this.#identityFor(write.partition, signal));
        if (partitions.length > 0 && bytes + batch.length > requestBytes) break;
        partitions.push({partition: write.partition, batch});
        bytes += batch.length;
      }
      sent.push(...writes.slice(0, partitions.length));
      // The server waits for replicas a little shorter than we wait for it, so that its answer can still come.
      const timeoutMs = Math.ceil(this.#target.timeoutMs * 0.75);
      const answer = await this.#cluster.send(
        leader,
        produce,
        {topic: this.#topic.name, timeoutMs, partitions},
        signal,
      );
      for (const write of sent) {
        const one = answer.find(({partition}) => partition === write.partition);
        this.#take(write, one ?? unanswered(write.partition));
      }
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      // Without a connection nothing was sent; one that was lost, or is silent, may have taken it.
      if (error.kind !== 'unreachable' || error.cause instanceof TransientError)
        for (const write of sent) write.doubt();
      for (const write of sent.length > 0 ? sent : writes) inTrouble(write, error);
    }
  }

  #take(write: PartitionWrite, answer: ProducedPartition): void {
    const {error, message} = answer;
    const failure = failureOf(
      error,
      `Could not write to topic "${this.#topic.name}" partition ${write.partition}`,
      message,
    );
    if (error === code.none || error === code.duplicateSequence) {
      write.stored(answer, this.#identities.get(write.partition) ?? null);
    } else if (identityLost.has(error)) {
      this.#identities.set(write.partition, null);
      // A batch in doubt that is sent under another name could be stored twice.
      if (write.inDoubt) write.giveUp(failure);
      else write.remark();
      inTrouble(write, failure);
    } else if (isTransient(error)) {
      if (doubtful.has(error)) write.doubt();
      inTrouble(write, failure);
    } else if (failure.kind === 'data') {
      write.refused(answer);
    } else {
      write.giveUp(failure);
    }
  }

  #isHopeless({inDoubt}: PartitionWrite, {since, failure}: Trouble): boolean {
    const mayRepeat = this.#newIdentity !== null || !inDoubt;
    return !mayRepeat || lasting.has(failure.kind) || performance.now() - since > this.#target.timeoutMs;
  }

  /** Whatever becomes of a batch in doubt, its sequence number must not be used for another: that one would be dropped. */
  #giveUp(write: PartitionWrite, failure: Failure): void {
    if (write.inDoubt) this.#identities.set(write.partition, null);
    write.giveUp(failure);
  }

  /** Asks for the leaders again after a pause. A cluster that does not answer is asked once more after the next attempt. */
  async #lookAgain(signal: AbortSignal): Promise<void> {
    try {
      await sleep(pauseMs, undefined, {signal});
      const [fresh] = await this.#cluster.metadata([this.#topic.name], signal);
      // A key keeps its partition for the whole session, even when partitions are added meanwhile.
      const partitions = this.#topic.partitions.map(
        one => fresh?.partitions.find(({partition}) => partition === one.partition) ?? one,
      );
      this.#topic = {...this.#topic, partitions};
    } catch (error) {
      if (!(error instanceof Failure) && !signal.aborted) throw error;
    }
  }

  async #identityFor(partition: number, signal: AbortSignal): Promise<ProducerIdentity | null> {
    if (!this.#newIdentity) return null;
    const known = this.#identities.get(partition);
    if (known) return known;
    const make = known === undefined ? this.#newIdentity : await newProducer(this.#cluster, signal);
    if (!make)
      throw denied('Could not become an idempotent producer again', 'InitProducerId was refused', 'Try again.');
    const identity = make();
    this.#identities.set(partition, identity);
    return identity;
  }

  #noLeader(): Failure {
    return new Failure('tryAgain', `Could not write to topic "${this.#topic.name}"`, {
      broker: 'the partition has no leader now',
      hints: [`See its leader and replicas: brokerctl describe ${this.#topic.name}`],
    });
  }
}

/** A server that leaves a partition out of its answer has not told what became of it. */
function unanswered(partition: number): ProducedPartition {
  return {partition, error: -1, baseOffset: -1n, refused: [], message: 'the answer leaves this partition out'};
}

function inTrouble(write: PartitionWrite, failure: Failure): void {
  write.trouble = {since: write.trouble?.since ?? performance.now(), failure};
}
