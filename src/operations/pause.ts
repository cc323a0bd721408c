import {setTimeout as sleep} from 'node:timers/promises';
import {interrupted} from '../brokers/errors.ts';

/** Waits between two looks. @throws {Failure} `interrupted` when the signal fires */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(ms, undefined, {signal});
  } catch {
    throw interrupted();
  }
}
