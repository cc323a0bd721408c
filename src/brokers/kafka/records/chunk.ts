import {damaged} from './damaged.ts';

/** The smallest of each format: up to and with the header of format 2; an empty message of format 0. */
const smallest = {2: 61, 1: 34, 0: 26} as const;
const lengthEnd = 12;

/** One batch of format 2, or one (perhaps packed) message of formats 0 and 1, as it was sent. */
export interface Chunk {
  readonly magic: number;
  /** Its first offset; of a packed message of the old formats, its last. */
  readonly base: bigint;
  /** The offset after its last, as its header has it; at least `base + 1`. The header may be damaged. */
  readonly next: bigint;
  readonly bytes: Buffer;
}

/**
 * Cuts the records of a Fetch answer into chunks. The server sends what fits, so the last one may be cut off: it is left
 * out. A length that cannot be ends the cutting, for nobody knows where the next chunk begins.
 * @throws {Failure} `data`, after the chunks before it were given
 */
export function* chunksOf(records: Buffer): Generator<Chunk, void, undefined> {
  for (let at = 0; at + 17 <= records.length;) {
    const length = records.readInt32BE(at + 8);
    const magic = records.readInt8(at + 16);
    const least = magic === 0 || magic === 1 || magic === 2 ? smallest[magic] : smallest[0];
    if (length < least - lengthEnd) throw damaged(`a batch of ${length} bytes at byte ${at} of the answer`);
    const end = at + lengthEnd + length;
    if (end > records.length) return;
    const bytes = records.subarray(at, end);
    const base = records.readBigInt64BE(at);
    const span = magic === 2 ? Math.max(bytes.readInt32BE(23), 0) : 0;
    yield {magic, base, next: base + BigInt(span) + 1n, bytes};
    at = end;
  }
}
