import type {Measured} from './depth.ts';

/** What is odd about a cursor, beyond its numbers. */
export type ProgressFlag =
  /** Nothing was ever committed for this partition: lag counts everything that is held. */
  | 'noCursor'
  /** The cursor stands after the end: the destination was made anew or truncated. */
  | 'pastEnd'
  /** Retention has removed messages that this subscription never read (`lost` counts them). */
  | 'lost'
  /** The cursor of an idle subscription has been, or will soon be, forgotten by the broker. */
  | 'expiring'
  /** The end is held back by an open transaction. */
  | 'openTransaction';

/** How far a subscription has come in one partition of one destination. */
export interface Progress extends Measured {
  readonly destination: string;
  readonly partition: string | null;
  /** The next message it will get; `null` without a cursor or where there are no places. */
  readonly position: string | null;
  /** The first message held. */
  readonly first: string | null;
  /** The place after the newest message that this subscription may read. */
  readonly end: string | null;
  /** Messages it has yet to get, in flight not counted. `null` is unknown. */
  readonly lag: number | null;
  /** Messages that retention removed before it got them. */
  readonly lost: number | null;
  /** Given to a member and not yet settled. */
  readonly inFlight: number | null;
  /** How many deliveries were repeats, where the broker counts them. */
  readonly redelivered: number | null;
  readonly flags: readonly ProgressFlag[];
  /** The member that reads it. */
  readonly member: string | null;
  /** Why this line could not be measured; its numbers are then `null`. */
  readonly problem?: string;
}

/** A named reader whose progress the broker keeps: a consumer group, a consumer, a subscription; for a queue, the queue itself. */
export interface Subscription {
  readonly name: string;
  /** The broker's own kind, such as `classic`, `consumer`, `share`, `queue`, `durable pull`. */
  readonly kind: string;
  readonly internal: boolean;
  /** The broker's own word for its state (`Stable`, `Empty`, `running`); `null` where there is none. */
  readonly brokerState: string | null;
  /** Members now connected; `null` is unknown. */
  readonly members: number | null;
  readonly progress: readonly Progress[];
  /** Why the subscription as a whole could not be measured. */
  readonly problem?: string;
}
