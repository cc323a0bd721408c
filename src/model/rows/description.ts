import type {Partition, Retention} from '../destination.ts';
import type {System} from '../system.ts';
import type {CapabilityRow} from './capability.ts';

/** One destination in full. Keys are those of the JSON row. */
export interface DescriptionRow {
  readonly context: string;
  readonly system: System;
  readonly destination: string;
  readonly kind: string;
  readonly internal: boolean;
  readonly retention: Retention;
  readonly partitions: readonly Partition[];
  readonly subscriptions: readonly {
    readonly name: string;
    readonly kind: string;
    readonly lag: number | null;
    readonly members: number | null;
  }[];
  /** Where its dead letters go, and whose dead letters it takes. */
  readonly deadLetters: readonly {
    readonly source: string | null;
    readonly subscription: string | null;
    readonly destination: string;
    readonly foundBy: string;
  }[];
  readonly capabilities: readonly Pick<CapabilityRow, 'operation' | 'level' | 'note' | 'instead'>[];
  /** Facts for people, in the broker's own words. */
  readonly facts: readonly {readonly section: string; readonly name: string; readonly value: string}[];
  /** The broker's own record. */
  readonly record: unknown;
}
