import type {Binding, Exchange, Topology} from './exchange-routes.ts';
import type {Policies} from './policies.ts';
import type {Session} from './session.ts';

interface ExchangeRecord {
  readonly name: string;
  readonly type: string;
  readonly policy?: string | null;
  readonly arguments?: Readonly<Record<string, unknown>> | null;
}

/** The vhost's exchanges and bindings. `queues` are its queues, which a binding may outlive for a moment. */
export async function readTopology(
  {management, vhost}: Session,
  queues: readonly string[],
  policies: Policies | null,
  signal: AbortSignal,
): Promise<Topology> {
  const [exchanges, bindings] = (await Promise.all([
    management.get(['exchanges', vhost], {disable_stats: 'true'}, signal),
    management.get(['bindings', vhost], {}, signal),
  ])) as [readonly ExchangeRecord[], readonly Binding[]];
  const bySource = new Map<string, Binding[]>();
  for (const binding of bindings) {
    const own = bySource.get(binding.source);
    if (own) own.push(binding);
    else bySource.set(binding.source, [binding]);
  }
  return {
    exchanges: new Map(exchanges.map(record => [record.name, exchangeOf(record, policies)])),
    bindings: bySource,
    queues: new Set(queues),
  };
}

/** An exchange's own argument is stronger than its policy. */
function exchangeOf({name, type, policy, arguments: own}: ExchangeRecord, policies: Policies | null): Exchange {
  const definition = policies?.user.find(one => one.name === policy)?.definition;
  const alternate = own?.['alternate-exchange'] ?? definition?.['alternate-exchange'];
  return {name, type, alternate: typeof alternate === 'string' ? alternate : null};
}
