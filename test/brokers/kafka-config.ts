import type {KafkaBroker, KafkaListener} from './state.ts';
import type {Certificates} from './tls.ts';

export const version = '4.4.0';

/** Ports of one node. */
export interface NodePorts {
  readonly plain: number;
  readonly tls: number;
  readonly sasl: number;
  readonly saslTls: number;
  readonly controller: number;
}

export const users = {admin: 'admin-secret', alice: 'alice-secret', nobody: 'nobody-secret'} as const;

/** server.properties of one node of a cluster that keeps both roles in each process (KRaft, combined mode). */
export function kafkaProperties(node: {
  readonly id: number;
  readonly all: readonly NodePorts[];
  readonly ports: NodePorts;
  readonly data: string;
  readonly tls: Certificates;
  /** Address to listen on: loopback, or all of a container's. */
  readonly bind: string;
}): string {
  const {id, all, ports, data, tls, bind} = node;
  const replicas = Math.min(3, all.length);
  const inSync = replicas > 1 ? 2 : 1;
  const listeners = {
    PLAINTEXT: ['127.0.0.1', ports.plain],
    SSL: ['localhost', ports.tls],
    SASL_PLAINTEXT: ['127.0.0.1', ports.sasl],
    SASL_SSL: ['localhost', ports.saslTls],
  } as const;
  const listen = Object.entries(listeners).map(([name, [, port]]) => `${name}://${bind}:${port}`);
  const advertised = Object.entries(listeners).map(([name, [host, port]]) => `${name}://${host}:${port}`);
  const plainUsers = Object.entries(users).map(([user, password]) => `user_${user}="${password}"`);
  const login = ['sasl_ssl', 'sasl_plaintext'].flatMap(listener => [
    ...['scram-sha-256', 'scram-sha-512'].map(
      mechanism =>
        `listener.name.${listener}.${mechanism}.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;`,
    ),
    `listener.name.${listener}.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required ${plainUsers.join(' ')};`,
  ]);
  return [
    'process.roles=broker,controller',
    `node.id=${id}`,
    `controller.quorum.voters=${all.map((peer, i) => `${i + 1}@127.0.0.1:${peer.controller}`).join(',')}`,
    `listeners=${listen.join(',')},CONTROLLER://127.0.0.1:${ports.controller}`,
    `advertised.listeners=${advertised.join(',')}`,
    'listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SSL:SSL,SASL_PLAINTEXT:SASL_PLAINTEXT,SASL_SSL:SASL_SSL',
    'controller.listener.names=CONTROLLER',
    'inter.broker.listener.name=PLAINTEXT',
    `log.dirs=${data}`,
    'auto.create.topics.enable=false',
    `default.replication.factor=${replicas}`,
    `min.insync.replicas=${inSync}`,
    ...['offsets.topic', 'transaction.state.log', 'share.coordinator.state.topic'].flatMap(topic => [
      `${topic}.replication.factor=${replicas}`,
      `${topic}.num.partitions=4`,
    ]),
    `transaction.state.log.min.isr=${inSync}`,
    `share.coordinator.state.topic.min.isr=${inSync}`,
    'group.initial.rebalance.delay.ms=0',
    'num.network.threads=2',
    'num.io.threads=4',
    'num.recovery.threads.per.data.dir=2',
    'log.cleaner.dedupe.buffer.size=4194304',
    // Tests wait for compaction; the default looks every 15 s.
    'log.cleaner.backoff.ms=1000',
    // A killed node is noticed, and may come back, after 4 s instead of 9.
    'broker.session.timeout.ms=4000',
    'broker.heartbeat.interval.ms=500',
    'sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512',
    ...login,
    'authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer',
    'super.users=User:ANONYMOUS;User:admin;User:alice',
    'ssl.keystore.type=PEM',
    `ssl.keystore.location=${tls.chain}`,
    'ssl.truststore.type=PEM',
    `ssl.truststore.location=${tls.ca}`,
    '',
  ].join('\n');
}

/** Arguments that format a node's storage; SCRAM users made here exist from the first moment. */
export function formatArguments(cluster: string, properties: string): string[] {
  const scram = Object.entries(users).flatMap(([name, password]) =>
    ['SCRAM-SHA-256', 'SCRAM-SHA-512'].flatMap(mechanism => [
      '--add-scram',
      `${mechanism}=[name=${name},password=${password}]`,
    ]),
  );
  return ['format', '-t', cluster, '-c', properties, ...scram];
}

/** What tests are told of a cluster on these ports. */
export function kafkaBroker(
  all: readonly NodePorts[],
  parts: {readonly ca: string; readonly tools: string; readonly nodes: KafkaBroker['nodes']},
): KafkaBroker {
  const listener = (scheme: string, host: string, key: keyof NodePorts): KafkaListener => {
    const bootstrap = all.map(ports => `${host}:${ports[key]}`).join(',');
    return {bootstrap, url: `${scheme}://${bootstrap}`};
  };
  return {
    system: 'kafka',
    version,
    plain: listener('kafka', '127.0.0.1', 'plain'),
    tls: listener('kafka+tls', 'localhost', 'tls'),
    sasl: listener('kafka', '127.0.0.1', 'sasl'),
    saslTls: listener('kafka+tls', 'localhost', 'saslTls'),
    users,
    ...parts,
  };
}
