import type {System} from '../system.ts';

export type SkewMeasure = 'messages' | 'bytes' | 'rate' | 'lag' | 'consumers' | 'keys';

/**
 * - `ok`: spread evenly enough
 * - `skewed`: further apart than chance allows, and by enough to matter
 * - `too-few`: uneven, and so little of it that chance may have done it; or nothing to compare
 * - `not-partitioned`: there is one part only
 * - `unknown`: a part could not be measured
 */
export type SkewVerdict = 'ok' | 'skewed' | 'too-few' | 'not-partitioned' | 'unknown';

export interface SkewCause {
  readonly code:
    /** One key has more than a fair partition's share. */
    | 'hot-key'
    /** No single key does: several that fall into the same partition do together. */
    | 'uneven-keys'
    /** Messages have no key: the producers choose the partitions. */
    | 'keyless'
    /** Keys moved to other partitions at one moment, as they do when partitions are added. */
    | 'partitions-changed'
    /** A key goes to several partitions at the same time: producers with different partitioners, or set by hand. */
    | 'mixed-partitioners'
    /** A key is on several partitions, and which of the two it is cannot be told. */
    | 'key-on-several-partitions'
    /** Partitions with nothing, where chance would have given each something. */
    | 'empty-partitions'
    /** As many messages, but larger ones. */
    | 'large-messages'
    /** Lag follows the messages: the same partition holds more of both. */
    | 'traffic'
    /** Lag differs though the messages do not. */
    | 'reader'
    /** Members have different numbers of partitions. */
    | 'assignment'
    /** Members have as many partitions, and different lag. */
    | 'member-behind'
    /** More members than partitions. */
    | 'idle-members'
    /** Partitions that no member reads. */
    | 'unassigned';
  readonly message: string;
}

/** The share of one part: of a partition, or with `--by consumers` of a member. `null` is unknown. */
export interface SkewValue {
  readonly partition: string | null;
  readonly member: string | null;
  readonly value: number | null;
}

export interface HotKey {
  readonly key: string;
  readonly keyEncoding: 'utf8' | 'base64';
  /** Messages of the sample that have it: at most this, and at least `count - errorBound`. */
  readonly count: number;
  readonly errorBound: number;
  /** `count` over all messages of the sample. */
  readonly share: number;
  /** Where the sample has it; `null` in what is not partitioned. */
  readonly partitions: readonly string[] | null;
}

export interface SkewMember {
  readonly member: string | null;
  readonly partitions: number;
  readonly lag: number | null;
}

/** How evenly something is spread. Keys are those of the JSON row. */
export interface SkewRow {
  readonly context: string;
  readonly system: System;
  /** `null` in a row over several destinations (`--by consumers`). */
  readonly destination: string | null;
  /** Whose lag or members; `null` with the other measures. */
  readonly subscription: string | null;
  readonly by: SkewMeasure;
  readonly partitions: number;
  /** Messages, bytes, messages a second, unread messages, partitions, or messages of the sample. */
  readonly total: number | null;
  readonly mean: number | null;
  readonly max: number | null;
  readonly maxPartition: string | null;
  /** `max` over `mean`: 1 is perfectly even, `partitions` is all in one. */
  readonly ratio: number | null;
  readonly verdict: SkewVerdict;
  readonly causes: readonly SkewCause[];
  /** Whether more partitions would spread it better; `null` where nothing is uneven or it cannot be told. */
  readonly morePartitionsHelp: boolean | null;
  readonly values: readonly SkewValue[];
  /** The most frequent keys, the first being the greatest; `null` unless `--by keys`. */
  readonly keys: readonly HotKey[] | null;
  /** `null` unless `--by consumers`. */
  readonly members: readonly SkewMember[] | null;
  readonly method: string;
  readonly exact: boolean;
  readonly asOf: Date;
  /** Why a number is missing. */
  readonly problem: string | null;
}
