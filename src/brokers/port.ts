import type {Age, Unread} from '../model/age.ts';
import type {DeadLetterRoute} from '../model/dead-letter.ts';
import type {Destination} from '../model/destination.ts';
import type {Failure, Warning} from '../model/failure.ts';
import type {Message, OutgoingMessage} from '../model/message.ts';
import type {NameFilter} from '../model/name-filter.ts';
import type {Position} from '../model/position.ts';
import type {Subscription} from '../model/subscription.ts';
import type {System, Terms} from '../model/system.ts';
import type {Target} from '../model/target.ts';
import type {Capabilities} from './capabilities.ts';

/*
 * The port: all that an operation may ask of a broker.
 *
 * Rules for every driver:
 * - A broker says no in data. What `capabilities` calls `none` is never asked for, so a driver holds no "not supported"
 *   branch; a facet is absent exactly when all its operations are `none`.
 * - Every call takes an AbortSignal and stops soon after it fires, leaving nothing open. No single wait is longer than
 *   `target.timeoutMs`, except a read that follows and a take that waits for messages.
 * - A driver does not retry for ever, log, print, prompt, or read config. It throws `Failure` for what is expected
 *   (`errors.ts` has the usual ones); anything else it throws is a bug.
 * - Unknown is `null`, never 0. What could not be read is a line with a `problem`, never a missing line.
 * - Nothing is written, joined, created or committed by Inspector or Reader.
 */

/** Static facts of one system. Importing a driver's module does no I/O and loads no client. */
export interface Driver {
  readonly system: System;
  readonly terms: Terms;
  /** The most that any server of this system can do; `Broker.capabilities` narrows it. */
  readonly capabilities: Capabilities;
  /** Query keys its URLs may carry; another key is a usage error. */
  readonly queryKeys: readonly string[];
  /**
   * Connects and learns the server's version and rights.
   * @throws {Failure} `unreachable`, `denied`, `tryAgain` (no answer in time), `config` (TLS), `usage` (the URL)
   */
  open(target: Target, options: {readonly signal: AbortSignal}): Promise<Broker>;
}

/** One open broker. Dispose of it with `await using`; disposing twice is harmless. */
export interface Broker extends AsyncDisposable {
  readonly driver: Driver;
  /** Narrowed by what this server answered: its version, plugins and our rights. */
  readonly capabilities: Capabilities;
  readonly server: ServerFacts;
  readonly inspector: Inspector;
  readonly reader?: Reader;
  readonly taker?: Taker;
  readonly writer?: Writer;
  readonly cursor?: Cursor;
  readonly purger?: Purger;
  readonly forwarder?: Forwarder;
}

export interface ServerFacts {
  /** Such as `Apache Kafka`, `RabbitMQ`. */
  readonly product: string;
  /** `null` where the server does not tell. */
  readonly version: string | null;
  /** Cluster id or name. */
  readonly cluster: string | null;
  /** What the user should know of every answer of this connection, such as a missing management API. */
  readonly warnings: readonly Warning[];
}

// ---------------------------------------------------------------------------------------------------- seeing

/** Items in the order of their names, and what is to be said about them. */
export interface Listing<T> {
  readonly items: readonly T[];
  readonly warnings: readonly Warning[];
}

export interface Filter {
  readonly names: NameFilter;
  /** Include what the broker and its libraries keep for themselves. A name written in full is always included. */
  readonly internal: boolean;
}

export interface SubscriptionFilter extends Filter {
  /** Only progress in these destinations; a subscription with none of them is left out. */
  readonly destinations: NameFilter;
}

/**
 * Bulk figures: the number of requests grows with the cluster's servers, not with its topics or groups. A name in
 * `filter.names.exact` that does not exist is left out of the listing; the operation says so to the user.
 */
export interface Inspector {
  /** Depth, bytes, retention and positions, per partition. */
  destinations(filter: Filter, signal: AbortSignal): Promise<Listing<Destination>>;
  /** Cursor, end, lag, in flight and members. Cursors are read before ends, so lag is never understated by the order. */
  subscriptions(filter: SubscriptionFilter, signal: AbortSignal): Promise<Listing<Subscription>>;
  /** Ages of first unread messages, one per `of`, in order. It may read messages: asked for apart because it costs more. */
  ages(of: readonly Unread[], signal: AbortSignal): Promise<Listing<Age>>;
  /** Routes that the broker's own configuration or conventions show. */
  deadLetters(signal: AbortSignal): Promise<Listing<DeadLetterRoute>>;
  /** One destination in full. @throws {Failure} `notFound` */
  describe(destination: string, signal: AbortSignal): Promise<Description>;
}

export interface Description {
  readonly destination: Destination;
  /** Narrowed once more, to this very destination: a RabbitMQ stream has offsets, a queue has none. */
  readonly capabilities: Capabilities;
  /** Facts for people, grouped by section, in the broker's own words. */
  readonly facts: readonly {readonly section: string; readonly name: string; readonly value: string}[];
  /** The broker's own record, for `-o json`: JSON-safe. */
  readonly record: unknown;
}

// -------------------------------------------------------------------------------------------------- reading

export interface ReadRange {
  readonly destination: string;
  /** Partition names; all of them when absent. @see Reader.read for one that does not exist */
  readonly partitions?: readonly string[];
  readonly from: Position;
  /** Where single partitions begin instead of `from`: a subscription's cursors. */
  readonly fromEach?: ReadonlyMap<string | null, Position>;
  /** The first position that is not read any more. `latest` is the end as it stands when the read starts. */
  readonly until: Position;
  /** Do not stop at `until`: wait for more until the signal fires. */
  readonly follow: boolean;
}

export interface ReadLimits {
  /** Most messages in one batch. */
  readonly batchMessages: number;
  /** About how many bytes of messages the driver may hold at once, over all partitions; one message may exceed it. */
  readonly batchBytes: number;
  /** Stop after so many messages; `null` is no limit. The driver uses it to ask for less, the caller still counts. */
  readonly messages: number | null;
}

/** Messages of one partition, in its order. */
export interface Batch {
  readonly partition: string | null;
  readonly messages: readonly Message[];
  /** Token of where the next batch of this partition begins, even where it holds nothing (compaction, transaction markers). */
  readonly next: string | null;
  /** Where this partition's read ends; `null` when following. */
  readonly end: string | null;
  /** What could not be read here: the read of this partition goes on after it, or stops when `next` is `null`. */
  readonly problem?: Failure;
}

/** Looks without touching: joins no group, makes no durable subscription, moves no cursor, settles nothing. */
export interface Reader {
  /**
   * Reads from `from` to `until`, both fixed when the read starts, so that a busy destination does not keep it going.
   * Batches of different partitions alternate. Ends when every partition reached its end.
   * @throws {Failure} `notFound` (destination or partition), `usage` (a position this destination cannot have), `denied`
   */
  read(range: ReadRange, limits: ReadLimits, signal: AbortSignal): AsyncIterable<Batch>;
}

// --------------------------------------------------------------------------------------------------- taking

/** A message held by us and by nobody else until it is settled, or until the connection is lost: then the broker returns it. */
export interface Delivery {
  readonly message: Message;
  /** The driver's own handle. */
  readonly token: unknown;
  /**
   * Looks left before the broker drops or dead-letters the message on its own, counting this one as spent; `null` where
   * returning costs nothing.
   */
  readonly returnsLeft: number | null;
}

export interface TakeLimits {
  /** Most messages held unsettled at once. */
  readonly window: number;
  /** Stop after so many. */
  readonly limit: number;
}

export interface Taker {
  /**
   * Takes messages in the destination's order. Ends at the limit, or when the destination has been empty for a moment.
   * Whoever takes settles every delivery; the window stays closed until then.
   */
  take(destination: string, limits: TakeLimits, signal: AbortSignal): AsyncIterable<readonly Delivery[]>;
  /** `accept` removes the messages for good; `return` puts them back as near to where they were as the broker can. */
  settle(deliveries: readonly Delivery[], how: 'accept' | 'return', signal: AbortSignal): Promise<readonly Outcome[]>;
}

// -------------------------------------------------------------------------------------------------- writing

/** What became of one message. `unknown`: sent, and the confirmation never came; it may or may not be stored. */
export type Outcome =
  | {
      readonly status: 'done';
      readonly partition: string | null;
      readonly position: string | null;
      readonly duplicate: boolean;
    }
  | {readonly status: 'failed'; readonly failure: Failure}
  | {readonly status: 'unknown'; readonly failure: Failure};

export interface WriteOptions {
  /** Write batches as transactions that also record the ledger entry. Asked for only where `write.exactlyOnce` is not `none`. */
  readonly exactlyOnce?: boolean;
  /** Names this piece of work, so that a resumed one finds what an earlier run committed. */
  readonly ledgerKey?: string;
}

export interface Writer {
  /** @throws {Failure} `notFound` (it creates nothing), `denied` */
  open(destination: string, options: WriteOptions, signal: AbortSignal): Promise<WriteSession>;
}

export interface WriteSession extends AsyncDisposable {
  /**
   * Writes a batch, in order within each partition, and resolves once each message's fate is known: `done` only after the
   * broker's own confirmation that it is stored. One outcome a message, in order. A message that is refused does not stop
   * those after it.
   */
  send(batch: readonly OutgoingMessage[], signal: AbortSignal): Promise<readonly Outcome[]>;
  /** Only with `exactlyOnce`: makes all that was sent since the last commit visible at once, along with `ledger`. */
  commit?(ledger: string, signal: AbortSignal): Promise<void>;
  /** Only with `exactlyOnce`: drops all that was sent since the last commit. */
  abort?(signal: AbortSignal): Promise<void>;
  /** Only with `ledgerKey`: the text of the newest committed ledger entry, `null` when there is none. */
  committed?(signal: AbortSignal): Promise<string | null>;
}

// ------------------------------------------------------------------------------------------------ repairing

/** One partition's move of a cursor. */
export interface CursorMove {
  readonly destination: string;
  readonly partition: string | null;
  /** Where it stands; `null` without a cursor. */
  readonly from: string | null;
  readonly to: string;
  /** Messages that will be delivered again (negative: skipped); `null` where it cannot be counted. */
  readonly repeats: number | null;
}

export interface CursorPlan {
  readonly subscription: string;
  readonly moves: readonly CursorMove[];
  /** What must still hold when it is applied: the driver's own tokens, JSON-safe. */
  readonly preconditions: readonly {readonly name: string; readonly value: string}[];
  readonly warnings: readonly Warning[];
}

export interface Cursor {
  /** @throws {Failure} `notFound`, `usage` (a position it cannot go to), `tryAgain` (members are connected and the broker forbids it) */
  plan(subscription: string, destination: string, to: Position, signal: AbortSignal): Promise<CursorPlan>;
  /** One outcome a move, in order. @throws {Failure} `planStale` before anything changes, when a precondition fails */
  apply(plan: CursorPlan, signal: AbortSignal): AsyncIterable<Outcome>;
}

export type PurgeSelection =
  | {readonly what: 'all'}
  | {readonly what: 'before'; readonly position: Position}
  | {
      readonly what: 'positions';
      readonly positions: readonly {readonly partition: string | null; readonly position: string}[];
    };

export interface PurgePlan {
  readonly destination: string;
  readonly selection: PurgeSelection;
  /** Per partition: what goes, and the first position that stays. */
  readonly cuts: readonly {
    readonly partition: string | null;
    readonly messages: number | null;
    readonly stays: string | null;
  }[];
  readonly preconditions: readonly {readonly name: string; readonly value: string}[];
  readonly warnings: readonly Warning[];
}

export interface Purger {
  plan(destination: string, selection: PurgeSelection, signal: AbortSignal): Promise<PurgePlan>;
  /** One outcome a cut, in order. @throws {Failure} `planStale` before anything changes */
  apply(plan: PurgePlan, signal: AbortSignal): AsyncIterable<Outcome>;
}

/** One chunk copied, confirmed by the target; `next` is where to resume. */
export interface Forwarded {
  readonly partition: string | null;
  readonly messages: number;
  readonly bytes: number;
  readonly next: string;
  readonly duplicatesPossible: number;
}

/** Copies between two brokers of one system without decoding: the fast path of replay. */
export interface Forwarder {
  forward(
    range: ReadRange,
    to: {readonly broker: Broker; readonly destination: string},
    signal: AbortSignal,
  ): AsyncIterable<Forwarded>;
}
