import type {TimestampKind} from '../message.ts';
import type {System} from '../system.ts';

/** One message as it is shown. Keys are those of the JSON row. */
export interface MessageRow {
  readonly context: string;
  readonly system: System;
  readonly destination: string;
  readonly partition: string | null;
  readonly position: string | null;
  readonly key: string | null;
  readonly keyEncoding: 'utf8' | 'base64' | null;
  /** Name, type and value, in order; bytes as base64. */
  readonly headers: readonly (readonly [string, string, unknown])[];
  readonly body: unknown;
  readonly bodyEncoding: 'json' | 'utf8' | 'base64' | null;
  readonly bodyBytes: number | null;
  readonly timestamp: Date | null;
  readonly timestampKind: TimestampKind | null;
  readonly storedAt: Date | null;
  readonly id: string | null;
  readonly deliveryCount: number | null;
  /** Why it was dead-lettered, by its headers; `null` where they say nothing of it. */
  readonly failure: MessageFailure | null;
  readonly format: string | null;
  readonly schema: string | null;
  readonly native: Readonly<Record<string, unknown>>;
}

/** What a framework or broker wrote about a failure; `null` is what it did not write. */
export interface MessageFailure {
  /** Who wrote it, such as `Spring Kafka`. */
  readonly framework: string;
  readonly reason: string | null;
  readonly exception: string | null;
  readonly destination: string | null;
  readonly partition: string | null;
  readonly position: string | null;
  readonly subscription: string | null;
  readonly attempts: number | null;
  readonly failedAt: Date | null;
}
