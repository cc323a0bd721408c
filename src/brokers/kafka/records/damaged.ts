import {Failure} from '../../../model/failure.ts';

/** The failure of a batch that cannot be decoded; the caller says which one it is. */
export function damaged(what: string, cause?: unknown): Failure {
  return new Failure('data', 'A record batch could not be read', {broker: what, cause});
}

/** Runs what may throw on damaged bytes, so that whatever it throws is a Failure of kind `data`. */
export function orDamaged<T>(what: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof Failure && error.kind === 'data') throw error;
    throw damaged(`${what}: ${error instanceof Error ? error.message : String(error)}`, error);
  }
}
