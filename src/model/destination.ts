import type {Depth} from './depth.ts';

export interface Partition {
  /** `null` for the one part of a destination that is not partitioned. */
  readonly id: string | null;
  readonly depth: Depth;
  /** Position of the first message still held; `null` when empty or where messages have no place. */
  readonly first: string | null;
  /** Position of the newest message. */
  readonly last: string | null;
  /** The server that answers for it. */
  readonly leader: string | null;
  /** Why this partition could not be read. Its numbers are then `null`, and so is every sum over it. */
  readonly problem?: string;
}

/** How long messages are kept; `null` is no limit of that sort, `undefined` is not known. */
export interface Retention {
  readonly ageMs?: number | null;
  readonly bytes?: number | null;
  readonly messages?: number | null;
  /** What happens at the limit: deleted from the head, refused at the tail, compacted by key, deleted once acknowledged. */
  readonly policy?: 'delete' | 'reject' | 'compact' | 'compact-delete' | 'acknowledged' | 'none';
}

/** Where messages wait: a topic, queue or stream. */
export interface Destination {
  readonly name: string;
  /** The broker's own kind, such as `topic`, `classic queue`, `quorum queue`, `stream`. */
  readonly kind: string;
  /** Kept by the broker or a client library for itself; hidden unless asked for. */
  readonly internal: boolean;
  readonly partitions: readonly Partition[];
  readonly retention: Retention;
}
