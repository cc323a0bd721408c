/** From where dead letters come to a destination, and how we know: configuration read from the broker is stronger than a name. */
export interface DeadLetterRoute {
  /** Where the messages were first; `null` when only the dead-letter destination is known. */
  readonly source: string | null;
  readonly subscription: string | null;
  readonly destination: string;
  /** How it was found, such as `policy dlx`, `queue argument`, `group config`, `name .DLT`, `context`. */
  readonly foundBy: string;
}

/** A context's own statement of where dead letters go (`contexts.NAME.deadLetters`); names may be globs. */
export interface DeadLetterHint {
  readonly source: string | null;
  readonly destination: string;
}
