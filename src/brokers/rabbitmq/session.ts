import type {Target} from '../../model/target.ts';
import type {AmqpOnDemand} from './amqp-on-demand.ts';
import type {Management} from './management.ts';

/** What the inspector works with: one vhost, seen through the management API and, for live counts, through AMQP. */
export interface Session {
  readonly target: Target;
  readonly vhost: string;
  readonly version: string | null;
  readonly management: Management;
  readonly amqp: AmqpOnDemand;
}

/** The vhost of a URL: `amqp://host` and `amqp://host/` both mean "/". */
export function vhostOf(target: Target): string {
  return target.address.path || '/';
}
