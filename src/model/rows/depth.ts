import type {System} from '../system.ts';

/** What a destination, or one partition of it, holds. Keys are those of the JSON row; `null` is unknown or does not apply. */
export interface DepthRow {
  readonly context: string;
  readonly system: System;
  readonly destination: string;
  readonly kind: string;
  /** `null` in a row of a whole destination, and where the broker has no partitions. */
  readonly partition: string | null;
  /** How many partitions the row sums up. */
  readonly partitions: number;
  readonly messages: number | null;
  readonly ready: number | null;
  readonly inFlight: number | null;
  readonly scheduled: number | null;
  readonly bytes: number | null;
  /** Age of the oldest message held; `null` unless asked for. */
  readonly oldestAgeSeconds: number | null;
  readonly firstPosition: string | null;
  readonly lastPosition: string | null;
  readonly leader: string | null;
  readonly method: string;
  readonly exact: boolean;
  readonly asOf: Date;
  /** Why a number is missing. */
  readonly problem: string | null;
}
