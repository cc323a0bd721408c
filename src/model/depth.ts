/** How a number was come by, and how far to trust it. */
export interface Measured {
  /** The literal method, such as `log offsets`, `passive declare`, `management statistics`. */
  readonly method: string;
  /** False when the broker itself may be off: an estimate, late statistics, a lower bound. */
  readonly exact: boolean;
  /** When the number was true: the broker's sampling time where it tells one, else when its answer came. */
  readonly asOf: Date;
  /** Why it is not exact, or what it does not count, in one sentence. */
  readonly caveat?: string;
}

/**
 * What a destination or partition holds. `null` is unknown, never nought. `messages` is all of it: ready, in flight and
 * scheduled. A log (Kafka, a stream) has no ready or in flight of its own: they belong to a subscription and are `null`.
 */
export interface Depth extends Measured {
  readonly messages: number | null;
  readonly ready: number | null;
  readonly inFlight: number | null;
  readonly scheduled: number | null;
  readonly bytes: number | null;
}
