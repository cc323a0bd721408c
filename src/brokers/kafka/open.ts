import {none} from '../capabilities.ts';
import type {Capabilities} from '../capabilities.ts';
import type {Broker, Driver} from '../port.ts';
import type {Warning} from '../../model/failure.ts';
import type {Target} from '../../model/target.ts';
import {kafkaInspector} from './inspector.ts';
import {kafkaReader} from './reader.ts';
import {Cluster} from './wire/cluster.ts';
import {describeLogDirs} from './wire/describe-log-dirs.ts';
import {kafkaWriter} from './writer.ts';

/** Connects to a cluster and puts the facets together. */
export async function openKafka(driver: Driver, target: Target, signal: AbortSignal): Promise<Broker> {
  const cluster = await Cluster.connect(target, signal);
  const capabilities = narrowed(driver.capabilities, cluster);
  return {
    driver,
    capabilities,
    // A Kafka broker does not tell its version, only those of the APIs it speaks.
    server: {product: 'Apache Kafka', version: null, cluster: cluster.clusterId, warnings: warnings(target)},
    inspector: kafkaInspector(cluster, target, capabilities),
    reader: kafkaReader(cluster, target),
    writer: kafkaWriter(cluster, target),
    [Symbol.asyncDispose]: () => cluster[Symbol.asyncDispose](),
  };
}

function narrowed(capabilities: Capabilities, cluster: Cluster): Capabilities {
  if (cluster.version(describeLogDirs) !== null) return capabilities;
  return {...capabilities, 'inspect.bytes': none('this server has no DescribeLogDirs (Kafka 1.0 and newer have)')};
}

function warnings(target: Target): readonly Warning[] {
  const {password, token} = target.credentials;
  if (target.tls?.insecure) {
    return [{code: 'tlsUnchecked', message: `The certificate of ${target.name} is not checked (tls.insecure).`}];
  }
  const plain = !target.tls && (target.address.query.get('sasl') ?? 'plain') === 'plain' && password;
  if (plain || (!target.tls && token)) {
    return [
      {code: 'secretInClear', message: `The secret for ${target.name} is sent without encryption: use kafka+tls://.`},
    ];
  }
  return [];
}
