/** The message systems brokerctl speaks to. `file` is a broker kept in a folder: the demo, the archive and the reference. */
export type System = 'file' | 'kafka' | 'rabbitmq' | 'nats' | 'pulsar' | 'kinesis';

/**
 * The broker's own words for ours, lower case, for headings and messages: `terms.destination` of Kafka is "topic".
 * A word the broker does not have is `null`.
 */
export interface Terms {
  readonly destination: string;
  readonly destinations: string;
  readonly partition: string | null;
  readonly subscription: string;
  readonly subscriptions: string;
  readonly member: string;
  readonly position: string;
  readonly cursor: string | null;
  readonly lag: string;
  readonly ready: string;
  readonly inFlight: string | null;
}
