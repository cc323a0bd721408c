import type {Capabilities} from '../capabilities.ts';
import type {Inspector} from '../port.ts';
import {ages} from './ages.ts';
import type {JetStreamApi} from './api.ts';
import {deadLetters} from './dead-letters.ts';
import {describe} from './description.ts';
import {destinations} from './destinations.ts';
import {subscriptions} from './subscriptions.ts';

/** What one account's JetStream holds, by its own API. */
export function natsInspector(api: JetStreamApi, capabilities: Capabilities): Inspector {
  return {
    destinations: (filter, signal) => destinations(api, filter, signal),
    subscriptions: (filter, signal) => subscriptions(api, filter, signal),
    ages: (of, signal) => ages(api, of, signal),
    deadLetters: signal => deadLetters(api, signal),
    describe: (name, signal) => describe(api, capabilities, name, signal),
  };
}
