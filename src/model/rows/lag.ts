import type {System} from '../system.ts';

/**
 * How a subscription does. From one look only what cannot be otherwise is said; two looks (`--over`) tell the rest.
 *
 * - `ok`: has read all there was a moment ago, or keeps its distance while it reads
 * - `idle`: nothing to read, and nobody or nothing that would add to it
 * - `catching-up`, `falling-behind`: reads, and has less or more before it than a moment ago
 * - `stalled`: members are connected, messages wait, and nothing moves
 * - `stopped`: messages wait, nothing moves, and the broker does not tell of members
 * - `no-members`: messages wait and nobody is connected
 * - `no-cursor`: messages wait and nothing was ever committed
 * - `losing`: retention takes messages it has not read, now or within a day at the present rate
 * - `lost`: retention has taken messages it had not read
 * - `rewound`: its cursor went back, or stands after the end because the destination began anew
 * - `unknown`: it could not be measured, or one look cannot tell
 */
export type LagState =
  | 'ok'
  | 'idle'
  | 'catching-up'
  | 'falling-behind'
  | 'stalled'
  | 'stopped'
  | 'no-members'
  | 'no-cursor'
  | 'losing'
  | 'lost'
  | 'rewound'
  | 'unknown';

/** How far a subscription is behind: in all, in one destination or in one partition. Keys are those of the JSON row. */
export interface LagRow {
  readonly context: string;
  readonly system: System;
  readonly subscription: string;
  readonly subscriptionKind: string;
  /** `null` in a row over several destinations. */
  readonly destination: string | null;
  readonly partition: string | null;
  /** How many destinations and partitions the row sums up. */
  readonly destinations: number;
  readonly partitions: number;
  readonly position: string | null;
  readonly end: string | null;
  readonly lag: number | null;
  /** Age of the first unread message, 0 with nothing unread; `null` unless asked for. */
  readonly lagSeconds: number | null;
  readonly lost: number | null;
  readonly inFlight: number | null;
  readonly redelivered: number | null;
  readonly members: number | null;
  /** The member that reads the partition; `null` in sums. */
  readonly member: string | null;
  readonly state: LagState;
  /** Messages a second, read and added between two looks; `null` with one look or where places are no numbers. */
  readonly readPerSecond: number | null;
  readonly addedPerSecond: number | null;
  /** When retention passes the cursor at the present rate; `null` when it will not, or is not known. */
  readonly lossInSeconds: number | null;
  /** When nothing is left to read at the present rate; `null` when it will not come to that, or is not known. */
  readonly drainInSeconds: number | null;
  readonly method: string;
  readonly exact: boolean;
  readonly asOf: Date;
  /** Why a number is missing. */
  readonly problem: string | null;
}
