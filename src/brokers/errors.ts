import {Failure} from '../model/failure.ts';
import type {Target} from '../model/target.ts';

/*
 * The failures every driver meets, said the same way. `broker` is what the server or the socket answered, word for word;
 * the caller has taken secrets out of it.
 */

export function unreachable(target: Target, said: string, cause?: unknown): Failure {
  return new Failure('unreachable', `Could not connect to ${target.address.shown}`, {
    broker: said,
    hints: [
      'Check the host and port, and that the broker is up: brokerctl context test',
      'Set BROKERCTL_DEBUG=1 to see the connection attempt.',
    ],
    cause,
  });
}

export function timedOut(target: Target, doing: string): Failure {
  return new Failure(
    'tryAgain',
    `${target.address.shown} did not answer within ${target.timeoutMs / 1000}s: ${doing}`,
    {
      hints: ['Try again, or give it longer with --timeout.'],
    },
  );
}

export function denied(what: string, said: string, hint: string): Failure {
  return new Failure('denied', what, {broker: said, hints: [hint]});
}

export function noDestination(target: Target, term: string, name: string): Failure {
  return new Failure('notFound', `There is no ${term} "${name}" on ${target.name}`, {
    hints: [`See what there is: brokerctl depth`, `Names are case-sensitive; quote globs for the shell.`],
  });
}

export function noSubscription(target: Target, term: string, name: string): Failure {
  return new Failure('notFound', `There is no ${term} "${name}" on ${target.name}`, {
    hints: ['See what there is: brokerctl lag'],
  });
}

export function interrupted(): Failure {
  return new Failure('interrupted', 'Interrupted');
}

/** Throws `interrupted` once the signal has fired: for loops that would otherwise go on. */
export function stopIfAborted(signal: AbortSignal): void {
  if (signal.aborted) throw signal.reason instanceof Failure ? signal.reason : interrupted();
}
