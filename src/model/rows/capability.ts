import type {System} from '../system.ts';

/** Whether one broker can do one operation. Keys are those of the JSON row. */
export interface CapabilityRow {
  /** `null`: said of the system and not of one server. */
  readonly context: string | null;
  readonly system: System;
  /** Whose capabilities these are, when narrowed to one. */
  readonly destination: string | null;
  readonly operation: string;
  readonly meaning: string;
  readonly level: 'native' | 'emulated' | 'none';
  /** What an emulation costs, or why it cannot be done. */
  readonly note: string | null;
  /** The way round. */
  readonly instead: string | null;
}
