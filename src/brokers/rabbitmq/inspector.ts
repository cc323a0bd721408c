import type {Capabilities} from '../capabilities.ts';
import type {Inspector} from '../port.ts';
import {ages} from './ages.ts';
import {deadLetters} from './dead-letters.ts';
import {describe} from './description.ts';
import {destinations} from './destinations.ts';
import type {Session} from './session.ts';
import {subscriptions} from './subscriptions.ts';

/** What one vhost holds, by the management API and, for counts that must be live, by AMQP. */
export function rabbitInspector(session: Session, capabilities: Capabilities): Inspector {
  return {
    destinations: (filter, signal) => destinations(session, filter, signal),
    subscriptions: (filter, signal) => subscriptions(session, filter, signal),
    ages: (of, signal) => ages(session, of, signal),
    deadLetters: signal => deadLetters(session, signal),
    describe: (name, signal) => describe(session, capabilities, name, signal),
  };
}
