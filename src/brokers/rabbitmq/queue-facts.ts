/** What is to be known of a queue before its messages are touched; the management API tells, AMQP does not. */
export interface QueueFacts {
  /** `null` when it could not be learned. */
  readonly type: 'classic' | 'quorum' | 'stream' | null;
  /** `delivery-limit` as the queue's arguments or its policy state it; `null` where neither does. */
  readonly deliveryLimit: number | null;
}

/** @throws {Failure} `notFound` */
export type LookUpQueue = (queue: string, signal: AbortSignal) => Promise<QueueFacts>;

/** How often a quorum queue's message may still be handed out and put back. */
export interface Lives {
  /** Times it can be put back after this one; `null` where putting back costs nothing. */
  readonly returnsLeft: number | null;
  /** Putting it back this very time would have the broker drop or dead-letter it. */
  readonly last: boolean;
}

const unlimited: Lives = {returnsLeft: null, last: false};

/**
 * Counts lives from `x-delivery-count`, the number of times the message was put back so far. From 4.3 on basic.nack, which
 * we return with, no longer counts; from 4.0 on the limit is 20 unless set; before 4.0 there is none unless set, and -1,
 * which means none from 4.0 on, drops a message when it is first put back.
 * A queue of unknown type is taken for a quorum queue.
 */
export function lives(queue: QueueFacts, version: string | null, putBack: number): Lives {
  if (queue.type === 'classic' || queue.type === 'stream' || isAtLeast(version, 4, 3)) return unlimited;
  const fourOrLater = isAtLeast(version, 4, 0);
  const limit = queue.deliveryLimit ?? (fourOrLater || version === null ? 20 : null);
  if (limit === null || (limit < 0 && fourOrLater)) return unlimited;
  return {returnsLeft: Math.max(0, limit - putBack - 1), last: putBack >= limit};
}

/** Compares a server's version; an unknown one is at least nothing. */
export function isAtLeast(version: string | null, major: number, minor: number): boolean {
  const [ours = 0, next = 0] = (version ?? '').split('.').map(Number);
  return ours > major || (ours === major && next >= minor);
}
