import {setTimeout as sleep} from 'node:timers/promises';
import {stopIfAborted} from '../../errors.ts';
import {Failure} from '../../../model/failure.ts';
import {TransientError} from './error-codes.ts';

const pausesMs = [50, 100, 200, 400, 800];

/** True for a failure that may be gone a moment later. */
export function isPassing(error: unknown): boolean {
  return error instanceof Failure && error.cause instanceof TransientError;
}

/**
 * Does something up to six times within about 1.5 s, as long as what it throws is passing: a leader is moving, a
 * coordinator is loading, a connection was lost. The last failure is thrown. Only for requests that may be sent twice.
 */
export async function retry<T>(attempt: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (const pauseMs of pausesMs) {
    try {
      return await attempt();
    } catch (error) {
      if (!isPassing(error)) throw error;
      await sleep(pauseMs, undefined, {signal}).catch(() => stopIfAborted(signal));
    }
  }
  return attempt();
}

/**
 * Asks again as `retry` does while the answer holds what may pass, and at last gives back the answer as it is: one group or
 * partition in trouble must not hide the others.
 * @param trouble what is passing in an answer, `null` when nothing is
 */
export async function askUntilSettled<T>(
  ask: () => Promise<T>,
  trouble: (answer: T) => Failure | null,
  signal: AbortSignal,
): Promise<T> {
  let last: {readonly answer: T} | null = null;
  try {
    return await retry(async () => {
      last = null;
      const answer = await ask();
      last = {answer};
      const failure = trouble(answer);
      if (failure) throw failure;
      return answer;
    }, signal);
  } catch (error) {
    stopIfAborted(signal);
    const settled = last as {readonly answer: T} | null;
    if (!settled || !isPassing(error)) throw error;
    return settled.answer;
  }
}
