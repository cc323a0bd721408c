/** The offsets of one partition, each the place of a message; `cursor` is `null` where nothing was committed. */
export interface Offsets {
  readonly cursor: bigint | null;
  /** The first message held (log start). */
  readonly first: bigint;
  /** After the newest readable message (high watermark, or the last stable offset for read-committed readers). */
  readonly end: bigint;
}

export interface OffsetLag {
  readonly lag: number;
  readonly lost: number;
  readonly noCursor: boolean;
  readonly pastEnd: boolean;
}

/**
 * Lag on a numbered log: consumable = max(end − max(cursor, first), 0) and lost = max(first − cursor, 0).
 * A cursor below the log start can only ever read what is still there, so the removed messages are lost and not lag.
 * Without a cursor all that is held counts as lag, and nothing as lost.
 */
export function offsetLag({cursor, first, end}: Offsets): OffsetLag {
  const from = cursor === null || cursor < first ? first : cursor;
  return {
    lag: end > from ? Number(end - from) : 0,
    lost: cursor !== null && cursor < first ? Number(first - cursor) : 0,
    noCursor: cursor === null,
    pastEnd: cursor !== null && cursor > end,
  };
}
