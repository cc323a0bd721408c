/** What kind of failure a command met. Each kind has one exit code (the contract, §5). */
export type FailureKind =
  | 'usage'
  | 'data'
  | 'notFound'
  | 'unreachable'
  | 'bug'
  | 'cannotWrite'
  | 'tryAgain'
  | 'unsupported'
  | 'denied'
  | 'config'
  | 'planStale'
  | 'interrupted';

/** Exit codes by kind; the numbers are sysexits.h where it has one. */
export const exitCodes: Readonly<Record<FailureKind, number>> = {
  usage: 64,
  data: 65,
  notFound: 66,
  unreachable: 69,
  bug: 70,
  cannotWrite: 73,
  tryAgain: 75,
  unsupported: 76,
  denied: 77,
  config: 78,
  planStale: 79,
  interrupted: 130,
};

export interface FailureParts {
  /** What the broker (or the file system, or the parser) answered, in its own words; `null` when nobody was asked. */
  readonly broker?: string | null;
  /** What the user can try next, most likely first. */
  readonly hints?: readonly string[];
  readonly context?: string | null;
  readonly cause?: unknown;
}

/**
 * An expected failure, in three parts: `message` says what could not be done to what, `broker` what the broker said,
 * `hints` what to try. Whatever is thrown and is not a Failure is a bug (exit 70).
 */
export class Failure extends Error {
  readonly kind: FailureKind;
  readonly broker: string | null;
  readonly hints: readonly string[];
  readonly context: string | null;

  constructor(kind: FailureKind, message: string, parts: FailureParts = {}) {
    super(message, parts.cause === undefined ? undefined : {cause: parts.cause});
    this.name = 'Failure';
    this.kind = kind;
    this.broker = parts.broker ?? null;
    this.hints = parts.hints ?? [];
    this.context = parts.context ?? null;
  }

  get exitCode(): number {
    return exitCodes[this.kind];
  }

  /** The same failure, said of one context. */
  inContext(context: string): Failure {
    return new Failure(this.kind, this.message, {broker: this.broker, hints: this.hints, context, cause: this.cause});
  }
}

/** Something worth saying that did not stop the command; it goes to stderr and into `warnings[]`. */
export interface Warning {
  /** A stable camelCase word for scripts, such as `statisticsAge`. */
  readonly code: string;
  readonly message: string;
}
