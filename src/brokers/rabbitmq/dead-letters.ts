import type {DeadLetterHint, DeadLetterRoute} from '../../model/dead-letter.ts';
import type {Warning} from '../../model/failure.ts';
import {everything, isPattern, nameFilter} from '../../model/name-filter.ts';
import type {Listing} from '../port.ts';
import {routesOf} from './exchange-routes.ts';
import type {Topology} from './exchange-routes.ts';
import {readPolicies} from './policy-listing.ts';
import {settingsOf} from './policies.ts';
import type {Setting, Settings} from './policies.ts';
import {listQueues} from './queue-record.ts';
import type {Session} from './session.ts';
import {readTopology} from './topology.ts';

/** Where the dead letters of each queue come to: by the context's own statement, by queue arguments and by policies. */
export async function deadLetters(session: Session, signal: AbortSignal): Promise<Listing<DeadLetterRoute>> {
  const [queues, {policies, warnings}] = await Promise.all([
    listQueues(session, everything, signal),
    readPolicies(session, signal),
  ]);
  const names = queues.map(({name}) => name);
  const topology = await readTopology(session, names, policies, signal);
  const found = queues.map(queue => routesFrom(queue.name, settingsOf(queue, policies), topology));
  const items = [
    ...session.target.deadLetters.flatMap(hint => stated(hint, names)),
    ...found.flatMap(({routes}) => routes),
  ];
  return {
    items: items.sort((one, other) => (one.destination < other.destination ? -1 : 1)),
    warnings: [...warnings, ...found.flatMap(({warning}) => warning ?? [])],
  };
}

function stated({source, destination}: DeadLetterHint, queues: readonly string[]): DeadLetterRoute[] {
  const filter = nameFilter([destination]);
  const from = source === null || isPattern(source) ? null : source;
  return queues
    .filter(name => filter.matches(name))
    .map(name => ({source: from, subscription: null, destination: name, foundBy: 'context'}));
}

/** A queue's dead-letter routes, or what is wrong with them. A queue without a dead-letter exchange has neither. */
export function routesFrom(
  queue: string,
  settings: Settings,
  topology: Topology,
): {readonly routes: readonly DeadLetterRoute[]; readonly warning: Warning | null} {
  const exchange = settings.get('dead-letter-exchange');
  if (typeof exchange?.value !== 'string') return {routes: [], warning: null};
  const key = settings.get('dead-letter-routing-key')?.value;
  const {queues, missing} = routesOf(topology, exchange.value, typeof key === 'string' ? key : null);
  return {
    routes: queues.map(destination => ({source: queue, subscription: null, destination, foundBy: exchange.from})),
    warning: queues.length > 0 && missing === null ? null : doubt(queue, exchange, key, settings, missing),
  };
}

function doubt(
  queue: string,
  {value, from}: Setting,
  key: unknown,
  settings: Settings,
  missing: string | null,
): Warning {
  const about = `Dead letters of "${queue}" (${from})`;
  if (missing !== null) {
    return {code: 'deadLettersDropped', message: `${about} are dropped: there is no exchange "${missing}".`};
  }
  if (value === '' && typeof key !== 'string') {
    return {
      code: 'deadLetterKeyUnknown',
      message: `${about} go to the queues that their own routing keys name, through the default exchange.`,
    };
  }
  const waits = settings.get('dead-letter-strategy')?.value === 'at-least-once';
  return {
    code: waits ? 'deadLettersWait' : 'deadLettersDropped',
    message: `${about} ${waits ? 'wait in it' : 'are dropped'}: ${
      value === '' ? `there is no queue "${String(key)}"` : `no binding of the exchange "${String(value)}" takes them`
    }.`,
  };
}
