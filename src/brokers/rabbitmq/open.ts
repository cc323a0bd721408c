import {Failure} from '../../model/failure.ts';
import type {Warning} from '../../model/failure.ts';
import type {Target} from '../../model/target.ts';
import {stopIfAborted} from '../errors.ts';
import type {Broker, Driver, Inspector} from '../port.ts';
import {amqpInspector} from './amqp-inspector.ts';
import {AmqpOnDemand} from './amqp-on-demand.ts';
import {rabbitInspector} from './inspector.ts';
import {management, managementUrls} from './management.ts';
import type {Management} from './management.ts';
import {messageFacets} from './message-facets.ts';
import {lookUpQueue, unknownQueue} from './queue-look-up.ts';
import {headerSupport} from './header-support.ts';
import {withoutManagement} from './rabbit-capabilities.ts';
import {vhostOf} from './session.ts';

/** How long the management API's default port is waited for: a firewall may swallow what is sent to it. */
const defaultPortTimeoutMs = 3000;

interface Found {
  readonly management: Management;
  readonly version: string | null;
  readonly cluster: string | null;
}

/**
 * Opens the management API, or AMQP where that is not to be had. With the management API, AMQP is connected only when it
 * is needed.
 */
export async function openRabbitmq(driver: Driver, target: Target, signal: AbortSignal): Promise<Broker> {
  let reason: Failure;
  try {
    return withManagement(driver, target, await findManagement(target, signal));
  } catch (error) {
    stopIfAborted(signal);
    if (!(error instanceof Failure) || error.kind === 'usage' || error.kind === 'notFound') throw error;
    reason = error;
  }
  return amqpAlone(driver, target, reason, signal);
}

function withManagement(driver: Driver, target: Target, {management, version, cluster}: Found): Broker {
  const session = {target, vhost: vhostOf(target), version, management, amqp: new AmqpOnDemand(target)};
  const capabilities = {...driver.capabilities, 'write.headers': headerSupport(null, version)};
  return broker({
    driver,
    capabilities,
    server: {product: 'RabbitMQ', version, cluster, warnings: []},
    inspector: rabbitInspector(session, capabilities),
    facets: messageFacets(target, lookUpQueue(session)),
    close: async () => {
      management.close();
      await session.amqp[Symbol.asyncDispose]();
    },
  });
}

async function amqpAlone(driver: Driver, target: Target, reason: Failure, signal: AbortSignal): Promise<Broker> {
  const {connect} = await import('./amqp.ts');
  const link = await connect(target, signal);
  const amqp = new AmqpOnDemand(target, link);
  const capabilities = {
    ...withoutManagement(driver.capabilities),
    'write.headers': headerSupport(null, link.version),
  };
  const said = [reason.message, reason.broker].filter(Boolean).join(': ');
  const warning: Warning = {
    code: 'noManagement',
    message: `Only AMQP answers, so queues must be named in full and only ready messages are known. ${said}`,
  };
  return broker({
    driver,
    capabilities,
    server: {product: link.product, version: link.version, cluster: link.cluster, warnings: [warning]},
    inspector: amqpInspector(target, amqp, capabilities),
    facets: messageFacets(target, unknownQueue),
    close: () => amqp[Symbol.asyncDispose](),
  });
}

function broker(parts: {
  readonly driver: Driver;
  readonly capabilities: Broker['capabilities'];
  readonly server: Broker['server'];
  readonly inspector: Inspector;
  readonly facets: ReturnType<typeof messageFacets>;
  readonly close: () => Promise<void>;
}): Broker {
  const {driver, capabilities, server, inspector, facets, close} = parts;
  const {reader, taker, writer} = facets;
  return {
    driver,
    capabilities,
    server,
    inspector,
    reader,
    taker,
    writer,
    async [Symbol.asyncDispose]() {
      await Promise.all([facets[Symbol.asyncDispose](), close()]);
    },
  };
}

/** The first management API that answers, of those that the URL's hosts may have. @throws {Failure} why none does */
async function findManagement(target: Target, signal: AbortSignal): Promise<Found> {
  const stated = target.address.query.has('management');
  const timeoutMs = stated ? target.timeoutMs : Math.min(target.timeoutMs, defaultPortTimeoutMs);
  let failure: Failure | null = null;
  for (const url of managementUrls(target)) {
    // Requests after the first have the full time: then it is known that somebody answers.
    const probe = management(url, target, timeoutMs);
    try {
      const facts = await learn(probe, target, signal);
      return {...facts, management: management(url, target, target.timeoutMs)};
    } catch (error) {
      stopIfAborted(signal);
      if (!(error instanceof Failure)) throw error;
      failure = error;
      if (error.kind !== 'unreachable' && error.kind !== 'tryAgain') throw error;
    } finally {
      probe.close();
    }
  }
  throw failure ?? new Failure('unreachable', `${target.name} has no management API`);
}

/** Version and cluster, and that the vhost is there: `amq.direct` is in every vhost, and costs the server little. */
async function learn(api: Management, target: Target, signal: AbortSignal): Promise<Omit<Found, 'management'>> {
  const vhost = vhostOf(target);
  const [overview] = (await Promise.all([
    api.get(['overview'], {disable_stats: 'true', enable_queue_totals: 'false'}, signal),
    api.get(['exchanges', vhost, 'amq.direct'], {disable_stats: 'true'}, signal).catch((error: unknown) => {
      throw error instanceof Failure && error.kind === 'notFound' ? noVhost(target, vhost, error) : error;
    }),
  ])) as [{rabbitmq_version?: string; cluster_name?: string}, unknown];
  return {version: overview.rabbitmq_version ?? null, cluster: overview.cluster_name ?? null};
}

function noVhost(target: Target, vhost: string, {broker}: Failure): Failure {
  return new Failure('notFound', `There is no vhost "${vhost}" on ${target.name}`, {
    broker,
    hints: ['Check the vhost in the URL: amqp://host/vhost, and amqp://host/ or amqp://host/%2F for the vhost "/".'],
  });
}
