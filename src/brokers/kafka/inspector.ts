import type {Capabilities} from '../capabilities.ts';
import type {Inspector} from '../port.ts';
import type {Target} from '../../model/target.ts';
import {ages} from './ages.ts';
import {deadLetters} from './dead-letters.ts';
import {description} from './description.ts';
import {destinations} from './destinations.ts';
import {subscriptions} from './subscriptions.ts';
import type {Cluster} from './wire/cluster.ts';

/** What can be seen of a cluster without joining a group, reading for a group or writing anything. */
export function kafkaInspector(cluster: Cluster, target: Target, capabilities: Capabilities): Inspector {
  return {
    destinations: (filter, signal) => destinations(cluster, filter, signal),
    subscriptions: (filter, signal) => subscriptions(cluster, filter, signal),
    ages: (of, signal) => ages(cluster, of, signal),
    deadLetters: signal => deadLetters(cluster, target.deadLetters, signal),
    describe: (name, signal) => description(cluster, target, capabilities, name, signal),
  };
}
