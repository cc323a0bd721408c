import {noDestination} from '../errors.ts';
import {readPolicies} from './policy-listing.ts';
import {settingsOf} from './policies.ts';
import type {LookUpQueue, QueueFacts} from './queue-facts.ts';
import {listQueues, namesOnly} from './queue-record.ts';
import type {Session} from './session.ts';

/** What readers and takers must know of a queue, by the management API. */
export function lookUpQueue(session: Session): LookUpQueue {
  return async (name, signal) => {
    const [[queue], {policies}] = await Promise.all([
      listQueues(session, namesOnly([name]), signal),
      readPolicies(session, signal),
    ]);
    if (!queue) throw noDestination(session.target, 'queue', name);
    const limit = settingsOf(queue, policies).get('delivery-limit')?.value;
    return {type: typeOf(queue.type), deliveryLimit: typeof limit === 'number' ? limit : null};
  };
}

/** Without the management API nothing is known of a queue, and its messages are handled as the most fragile type's. */
export const unknownQueue: LookUpQueue = () => Promise.resolve({type: null, deliveryLimit: null});

function typeOf(type: string | null | undefined): QueueFacts['type'] {
  return type === 'classic' || type === 'quorum' || type === 'stream' ? type : null;
}
