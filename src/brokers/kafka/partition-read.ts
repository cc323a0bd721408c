import type {Batch} from '../port.ts';
import {Failure} from '../../model/failure.ts';
import type {Message} from '../../model/message.ts';
import {messageMaker} from './kafka-message.ts';
import type {Bounds} from './read-bounds.ts';
import {AbortedFilter} from './records/aborted.ts';
import {chunksOf} from './records/chunk.ts';
import type {Chunk} from './records/chunk.ts';
import {openChunk} from './records/open-chunk.ts';
import type {FetchedPartition} from './wire/fetch.ts';

/** Why a partition gives nothing now, since when (of `performance.now`). */
export interface Trouble {
  readonly since: number;
  readonly failure: Failure;
  /** The place it stands at is not in the log. */
  readonly outOfRange: boolean;
}

/** One partition's way through a read: where it stands, and what its answers hold. */
export class PartitionRead {
  readonly topic: string;
  readonly partition: number;
  readonly #from: bigint;
  readonly #end: bigint | null;
  /** The offset to fetch from: after all that has arrived, whether it was given out or not. */
  next: bigint;
  /** The node to ask; -1 while there is none. */
  leader: number;
  trouble: Trouble | null = null;
  #stopped = false;

  constructor(topic: string, {partition, from, start, end}: Exclude<Bounds, {problem: string}>, leader: number) {
    this.topic = topic;
    this.partition = partition;
    this.#from = from;
    this.#end = end;
    this.next = start;
    this.leader = leader;
  }

  get done(): boolean {
    return this.#stopped || (this.#end !== null && this.next >= this.#end);
  }

  get name(): string {
    return `topic "${this.topic}" partition ${this.partition}`;
  }

  /** Takes an answer in and moves `next` behind it, so that more can be fetched while its batches are given out. */
  accept({records, aborted}: FetchedPartition): AsyncGenerator<Batch, void, undefined>[] {
    const chunks: Chunk[] = [];
    let broken: Failure | null = null;
    try {
      for (const chunk of chunksOf(records)) chunks.push(chunk);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      broken = error;
    }
    const behind = chunks.reduce((latest, {next}) => (next > latest ? next : latest), this.next);
    if (behind === this.next && !broken) return [];
    this.next = behind;
    this.#stopped = broken !== null;
    return [this.#batches(chunks, new AbortedFilter(aborted), broken)];
  }

  /** The end of this partition's read, for a reason: nothing more comes of it. */
  stopped(problem: Failure): Batch {
    this.#stopped = true;
    return {...this.#batch([], null), problem};
  }

  /** Goes on at a later offset, because what lies before it is gone. */
  skipTo(offset: bigint, problem: Failure): Batch {
    this.next = offset;
    return {...this.#batch([], offset), problem};
  }

  async *#batches(
    chunks: readonly Chunk[],
    aborted: AbortedFilter,
    broken: Failure | null,
  ): AsyncGenerator<Batch, void, undefined> {
    for (const [index, chunk] of chunks.entries()) {
      try {
        const messages = aborted.drops(chunk) ? [] : await this.#messages(chunk);
        yield this.#batch(messages, chunk.next);
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        // A damaged header's own idea of where it ends is not to be trusted when the next batch can be asked.
        const next = chunks[index + 1]?.base ?? chunk.next;
        yield {...this.#batch([], next), problem: this.#unreadable(error, chunk.base, next)};
      }
    }
    if (broken) yield this.stopped(this.#unreadable(broken, chunks.at(-1)?.next ?? this.next, null));
  }

  async #messages(chunk: Chunk): Promise<Message[]> {
    const {facts, records} = await openChunk(chunk);
    const toMessage = messageMaker(this.topic, this.partition, facts);
    const messages: Message[] = [];
    for (const record of records()) {
      if (record.offset >= this.#from && (this.#end === null || record.offset < this.#end))
        messages.push(toMessage(record));
    }
    return messages;
  }

  #batch(messages: readonly Message[], next: bigint | null): Batch {
    const end = this.#end;
    const held = next !== null && end !== null && next > end ? end : next;
    return {
      partition: String(this.partition),
      messages,
      next: held === null ? null : String(held),
      end: end === null ? null : String(end),
    };
  }

  #unreadable({broker}: Failure, first: bigint, next: bigint | null): Failure {
    const what = next === null ? `offset ${first} and what follows` : `offsets ${first} to ${next - 1n}`;
    return new Failure('data', `Could not read ${what} of ${this.name}`, {
      broker,
      hints: next === null ? [`Read from a later offset: --from OFFSET`] : ['The read went on after them.'],
    });
  }
}
