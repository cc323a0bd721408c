import type {Failure, Warning} from './failure.ts';

export interface ContextWarning extends Warning {
  readonly context: string | null;
}

/**
 * What an operation gives back. `failures` are contexts (or names within one) that could not be measured: they reach the
 * user as warnings and make the exit code non-zero, so that a missing row never looks like an empty broker.
 */
export interface Report<Row> {
  readonly rows: readonly Row[];
  readonly warnings: readonly ContextWarning[];
  readonly failures: readonly Failure[];
}

/** A report whose rows come while they are found, in batches. Warnings and failures are complete once the rows have ended. */
export interface LiveReport<Row> {
  readonly rows: AsyncIterable<readonly Row[]>;
  readonly warnings: readonly ContextWarning[];
  readonly failures: readonly Failure[];
}
