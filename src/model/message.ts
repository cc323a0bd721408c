/**
 * The type a header's value had on the wire. It is kept so that a message can be written back exactly as it was:
 * AMQP tells a short from a long, Kafka knows only bytes. `int64`/`uint64` values are `bigint`; `decimal` is its text.
 */
export type HeaderType =
  | 'string'
  | 'bytes'
  | 'int8'
  | 'uint8'
  | 'int16'
  | 'uint16'
  | 'int32'
  | 'uint32'
  | 'int64'
  | 'uint64'
  | 'float'
  | 'double'
  | 'boolean'
  | 'timestamp'
  | 'decimal'
  | 'null'
  | 'table'
  | 'array';

export type HeaderValue = string | number | bigint | boolean | null | Date | Uint8Array | readonly Header[];

/**
 * One header. Names may repeat and order counts, so headers are a list and never a record. `table` holds named headers,
 * `array` headers with empty names. A text that is not valid UTF-8 is typed `bytes`.
 */
export interface Header {
  readonly name: string;
  readonly type: HeaderType;
  readonly value: HeaderValue;
}

/** Who put the time on a message: the sender, or the broker when it stored it. */
export type TimestampKind = 'producer' | 'broker';

/** One message as the broker holds it, with nothing left out. */
export interface Message {
  readonly destination: string;
  /** The partition's name ("0", "shardId-000000000000"); `null` where the broker has none. */
  readonly partition: string | null;
  /** Token of this message's own place, as `native:<token>` reads it; `null` where messages have no place (a queue). */
  readonly position: string | null;
  readonly key: Uint8Array | null;
  readonly headers: readonly Header[];
  /** `null` is a message without a body (a Kafka tombstone), which differs from an empty one. */
  readonly body: Uint8Array | null;
  readonly timestamp: Date | null;
  readonly timestampKind: TimestampKind | null;
  /** The other timestamp, where the broker keeps both. */
  readonly storedAt?: Date | null;
  /** The sender's message id (AMQP message-id, Nats-Msg-Id); `null` where there is none. */
  readonly id: string | null;
  /** How often the broker has delivered it, this time included; `null` where the broker does not count. */
  readonly deliveryCount: number | null;
  /** What only this system has: AMQP properties, a subject, a producer epoch. JSON-safe except for bigint and bytes. */
  readonly native: Readonly<Record<string, unknown>>;
}

/**
 * A message to be written. `partition` asks for that very partition; `null` lets the broker's rule for the key decide.
 * `native` carries the same system's own fields when source and target are one system; another system ignores it.
 */
export interface OutgoingMessage {
  readonly partition: string | null;
  readonly key: Uint8Array | null;
  readonly headers: readonly Header[];
  readonly body: Uint8Array | null;
  readonly timestamp: Date | null;
  readonly id: string | null;
  readonly native?: Readonly<Record<string, unknown>>;
}
