import type {JetStreamApi} from './api.ts';
import {directGet} from './direct-get.ts';
import type {StreamRecord} from './records.ts';
import {messageAt, messageFrom} from './stored-message.ts';
import type {StoredMessage} from './stored-message.ts';

/** Most requests for single messages at the same time. */
const mostSingle = 32;

/**
 * Messages of one stream by their sequences, without a consumer: that would take messages out of a work queue, and on
 * other streams stay behind for a while. In batches where the server and the stream allow it, else one by one.
 */
export class StreamRead {
  readonly #api: JetStreamApi;
  readonly #stream: string;
  readonly #meanBytes: number;
  #direct: boolean;

  constructor(api: JetStreamApi, {config, state}: StreamRecord) {
    this.#api = api;
    this.#stream = config.name;
    this.#meanBytes = state.messages === 0 ? 1 : Math.max(1, state.bytes / state.messages);
    // Before 2.11 a server ignores the batch and answers one message, without an end.
    this.#direct = config.allow_direct === true && api.isAtLeast(2, 11);
  }

  /** Up to `count` messages at or after a sequence; none only when there are none. */
  async from(sequence: number, count: number, bytes: number, signal: AbortSignal): Promise<readonly StoredMessage[]> {
    if (this.#direct) {
      const found = await directGet(this.#api, this.#stream, {sequence, count, bytes}, signal);
      if (found === null) this.#direct = false;
      else if (found.length > 0) return found;
      else return this.#next(sequence, signal);
    }
    const fits = Math.max(1, Math.min(count, mostSingle, Math.floor(bytes / this.#meanBytes)));
    const found = await Promise.all(
      Array.from({length: fits}, (_, index) => messageAt(this.#api, this.#stream, sequence + index, signal)),
    );
    const held = found.filter(message => message !== null);
    // Nothing but deleted messages: the server looks for the next one by itself.
    return held.length > 0 ? held : this.#next(sequence + fits, signal);
  }

  /** The sequence of the first message at or after a time, by halving: every server version can, and times only grow. */
  async atTime(time: Date, first: number, end: number, signal: AbortSignal): Promise<number> {
    let [low, high] = [first, end];
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      const found = await messageFrom(this.#api, this.#stream, {sequence: middle, subject: '>'}, signal);
      if (found === null || found.sequence >= high || found.time >= time) high = middle;
      else low = found.sequence + 1;
    }
    return low;
  }

  async #next(sequence: number, signal: AbortSignal): Promise<readonly StoredMessage[]> {
    const found = await messageFrom(this.#api, this.#stream, {sequence, subject: '>'}, signal);
    return found === null ? [] : [found];
  }
}
