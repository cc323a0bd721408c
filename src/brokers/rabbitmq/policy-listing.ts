import {Failure} from '../../model/failure.ts';
import type {Warning} from '../../model/failure.ts';
import {stopIfAborted} from '../errors.ts';
import type {Policies, Policy} from './policies.ts';
import type {Session} from './session.ts';

/** The vhost's policies; `null` and a warning without the right to see them. */
export async function readPolicies(
  {management, vhost}: Session,
  signal: AbortSignal,
): Promise<{readonly policies: Policies | null; readonly warnings: readonly Warning[]}> {
  try {
    const [user, operator] = await Promise.all([
      management.get(['policies', vhost], {}, signal),
      management.get(['operator-policies', vhost], {}, signal),
    ]);
    return {policies: {user: user as readonly Policy[], operator: operator as readonly Policy[]}, warnings: []};
  } catch (error) {
    stopIfAborted(signal);
    if (!(error instanceof Failure)) throw error;
    const message = `Limits and dead-letter routes that policies set are not known: ${error.broker ?? error.message}`;
    return {policies: null, warnings: [{code: 'policiesUnknown', message}]};
  }
}
