import type {Broker, Driver} from '../../src/brokers/port.ts';
import type {OutgoingMessage} from '../../src/model/message.ts';

/**
 * What the conformance suite needs of a system besides its driver: ways to make a situation and to see what is there that
 * do not go through the code under test. For a real broker that is its own client library or tools.
 */
export interface Harness {
  /** System and version, for the suite's title: `kafka 4.4.0`. */
  readonly name: string;
  readonly driver: Driver;
  /** The most partitions `create` can make; 1 where destinations are not partitioned. */
  readonly maxPartitions: number;
  /** How long the broker's own figures may be behind the truth: the suite polls for so long before it compares. */
  readonly figuresLagMs: number;
  /** Whether a message without a body comes back without one; else it comes back with an empty one. */
  readonly keepsNullBody: boolean;
  /** A message that the broker refuses in a destination that `create` made; absent where none can be had. */
  readonly refused?: OutgoingMessage;
  open(): Promise<Broker>;
  /** A new empty destination with a name of its own. */
  create(options: {readonly partitions: number}): Promise<string>;
  /** Stores the messages, in order; each `partition` is honoured. */
  produce(destination: string, messages: readonly OutgoingMessage[]): Promise<void>;
  /** Everything that is in the destination, by other means than the driver; it may take the messages out. */
  contents(destination: string): Promise<readonly Stored[]>;
  /** The name of a subscription fit for `consume` and `hold`; for a queue, the queue itself. */
  subscriptionFor(destination: string): string;
  /** A member reads and acknowledges `count` messages (the first ones, of every partition in turn), then leaves. */
  consume(destination: string, count: number): Promise<void>;
  /** A member receives `count` messages and settles none, until released; absent where the system has no such state. */
  hold?(destination: string, count: number): Promise<{release(): Promise<void>}>;
  /** Makes a dead-letter route from a new destination to another, as the system's users would; absent where there is none. */
  route?(): Promise<{source: string; destination: string}>;
  close(): Promise<void>;
}

export interface Stored {
  readonly partition: string | null;
  readonly key: Uint8Array | null;
  readonly body: Uint8Array | null;
}
