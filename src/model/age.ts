import type {Measured} from './depth.ts';

/** A place whose first unread message's age is asked for. Without a subscription: the first message held. */
export interface Unread {
  readonly destination: string;
  readonly partition: string | null;
  readonly subscription: string | null;
  /** The first unread message's position, as `Progress.position` gave it; `null` asks for the first one held. */
  readonly position: string | null;
}

/** How old the first unread message is. `seconds` is 0 with nothing unread, `null` when it cannot be known. */
export interface Age extends Measured {
  readonly of: Unread;
  readonly seconds: number | null;
  readonly oldest: Date | null;
  readonly problem?: string;
}
