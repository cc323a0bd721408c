import type {Outcome} from '../port.ts';
import type {Failure} from '../../model/failure.ts';
import type {OutgoingMessage} from '../../model/message.ts';
import {headerBytes} from './kafka-message.ts';
import type {ProducerIdentity} from './producer-identity.ts';
import {isCodecName} from './records/codec.ts';
import type {CodecName} from './records/codec.ts';
import {encodeBatch, sizeOf} from './records/encode-batch.ts';
import type {NewRecord} from './records/encode-batch.ts';
import {code, failureOf} from './wire/error-codes.ts';
import type {ProducedPartition} from './wire/produce.ts';

/** Below the default of `max.message.bytes` (1,048,588), before packing. A larger message has a batch of its own. */
const batchBytes = 1_000_000;
const batchRecords = 10_000;

interface Item {
  /** Its place among the messages of `send`. */
  readonly index: number;
  readonly record: NewRecord;
  readonly compression: CodecName;
}

/** One batch to be stored. Its bytes stay the same however often it is sent, so that the broker knows it again. */
interface Pending {
  readonly items: readonly Item[];
  bytes: Buffer | null;
  /** It was sent and not answered, or answered in doubt: it may be stored. */
  inDoubt: boolean;
}

export interface Trouble {
  readonly since: number;
  readonly failure: Failure;
}

/** What `send` has for one partition: batches that go out one after another, which keeps their order. */
export class PartitionWrite {
  readonly partition: number;
  readonly #outcomes: Outcome[];
  readonly #what: string;
  #items: Item[] = [];
  #queue: Pending[] | null = null;
  /** Since when it makes no progress (`performance.now`), and why. */
  trouble: Trouble | null = null;

  /** @param outcomes where the outcome of each message goes, by its index */
  constructor(topic: string, partition: number, outcomes: Outcome[]) {
    this.partition = partition;
    this.#outcomes = outcomes;
    this.#what = `topic "${topic}" partition ${partition}`;
  }

  get done(): boolean {
    return this.#pending().length === 0;
  }

  add(index: number, {key, body, headers, timestamp, native}: OutgoingMessage): void {
    const compression = native?.['compression'];
    this.#items.push({
      index,
      // What came packed is packed again: it may be too large without.
      compression: isCodecName(compression) ? compression : 'none',
      record: {
        timestamp: timestamp?.getTime() ?? Date.now(),
        key,
        value: body,
        headers: headers.map(({name, value}) => ({name, value: headerBytes(value)})),
      },
    });
  }

  /** The next batch to send. */
  async head(identity: ProducerIdentity | null): Promise<Buffer> {
    const head = this.#head();
    const {compression} = head.items[0] ?? {compression: 'none'};
    head.bytes ??= await encodeBatch(
      head.items.map(({record}) => record),
      compression,
      identity?.mark ?? null,
    );
    return head.bytes;
  }

  /** The broker has stored the head. */
  stored({baseOffset, error}: ProducedPartition, identity: ProducerIdentity | null): void {
    const {items} = this.#head();
    identity?.stored(items.length);
    for (const [place, {index}] of items.entries()) {
      this.#outcomes[index] = {
        status: 'done',
        partition: String(this.partition),
        position: baseOffset < 0n ? null : String(baseOffset + BigInt(place)),
        duplicate: error === code.duplicateSequence,
      };
    }
    this.#pending().shift();
    this.trouble = null;
  }

  /**
   * The broker refused the head for what is in it. Those it names fail; when it names none the batch is halved until the one
   * is found, and the others are stored.
   */
  refused({error, message, refused}: ProducedPartition): void {
    const {items} = this.#head();
    const named = new Map(refused.map(one => [one.index, one.message]));
    const rest = items.filter((_, place) => !named.has(place));
    this.#pending().shift();
    if (named.size > 0 && rest.length > 0) {
      for (const [place, item] of items.entries()) {
        if (named.has(place)) this.#fail(item, this.#failure(error, named.get(place) ?? message));
      }
      this.#pending().unshift(fresh(rest));
    } else if (items.length > 1 && named.size === 0) {
      const half = Math.ceil(items.length / 2);
      this.#pending().unshift(fresh(items.slice(0, half)), fresh(items.slice(half)));
    } else {
      for (const [place, item] of items.entries()) {
        this.#fail(item, this.#failure(error, named.get(place) ?? message));
      }
    }
    this.trouble = null;
  }

  /** The head was sent, and whether it is stored is not known. */
  doubt(): void {
    this.#head().inDoubt = true;
  }

  get inDoubt(): boolean {
    return this.#pending()[0]?.inDoubt ?? false;
  }

  /** Forgets the bytes of the head: it gets another producer's mark. */
  remark(): void {
    this.#head().bytes = null;
  }

  /** Ends it: the head is `unknown` when it is in doubt, and what was not sent has failed. */
  giveUp(failure: Failure): void {
    for (const {items, inDoubt} of this.#pending().splice(0)) {
      for (const {index} of items) this.#outcomes[index] = {status: inDoubt ? 'unknown' : 'failed', failure};
    }
  }

  #failure(error: number, said: string | null): Failure {
    return failureOf(error, `Could not write to ${this.#what}`, said);
  }

  #fail({index}: Item, failure: Failure): void {
    this.#outcomes[index] = {status: 'failed', failure};
  }

  #head(): Pending {
    const head = this.#pending()[0];
    if (!head) throw new Error(`nothing to write to ${this.#what}`);
    return head;
  }

  /** Made when the first batch is asked for, with all messages known. */
  #pending(): Pending[] {
    this.#queue ??= batchesOf(this.#items);
    return this.#queue;
  }
}

function fresh(items: readonly Item[]): Pending {
  return {items, bytes: null, inDoubt: false};
}

function batchesOf(items: readonly Item[]): Pending[] {
  const batches: Pending[] = [];
  let batch: Item[] = [];
  let bytes = 0;
  for (const item of items) {
    const size = sizeOf(item.record);
    const full = bytes + size > batchBytes || batch.length >= batchRecords;
    if (batch.length > 0 && (full || batch[0]?.compression !== item.compression)) {
      batches.push(fresh(batch));
      batch = [];
      bytes = 0;
    }
    batch.push(item);
    bytes += size;
  }
  if (batch.length > 0) batches.push(fresh(batch));
  return batches;
}
