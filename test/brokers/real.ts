import {join} from 'node:path';
import {isRunning} from './brokers.ts';
import type {BrokerName} from './brokers.ts';
import {restartKafkaNode} from './kafka-server.ts';
import type {RabbitmqLine} from './rabbitmq-packages.ts';
import {runCommand} from './run-command.ts';
import {killProcess} from './server-process.ts';
import {dropProcesses, readState} from './state.ts';
import type {BrokerState, KafkaBroker, NatsBroker, RabbitmqBroker} from './state.ts';

export type {KafkaBroker, NatsBroker, RabbitmqBroker} from './state.ts';

/*
 * What real tests ask for. A broker that does not run fails the test that needs it and is never skipped. Files run side
 * by side on the same servers: give everything a name of its own (`uniqueName`), and restart or kill nothing but nodes of
 * `kafkaCluster()`, which only one file may do.
 */

function running(name: BrokerName): BrokerState {
  const broker = readState().brokers[name];
  if (!broker || !isRunning(name)) throw new Error(`${name} does not run: npm run brokers -- up ${name}`);
  return broker;
}

/** Kafka 4.4, one node. @throws when it does not run */
export function kafka(): KafkaBroker {
  return running('kafka') as KafkaBroker;
}

/** Kafka 4.4, three nodes, replication factor 3 by default. @throws when it does not run */
export function kafkaCluster(): KafkaBroker {
  return running('kafka-cluster') as KafkaBroker;
}

/** One RabbitMQ node of a server line. @throws when it does not run */
export function rabbitmq(line: RabbitmqLine): RabbitmqBroker {
  return running(`rabbitmq-${line}`) as RabbitmqBroker;
}

/** Two NATS servers with JetStream: one with accounts, one with TLS. @throws when they do not run */
export function nats(): NatsBroker {
  return running('nats') as NatsBroker;
}

/** The lines of RabbitMQ that run here: `4.0` and `3.10` always, `4.3` where its suite could be had. */
export function rabbitmqLines(): readonly RabbitmqLine[] {
  return isRunning('rabbitmq-4.3') ? ['4.0', '3.10', '4.3'] : ['4.0', '3.10'];
}

/** Runs one of the broker's own tools, such as `kafka-consumer-groups` or `rabbitmqctl`. @returns its stdout */
export function tool(broker: KafkaBroker | RabbitmqBroker, name: string, args: readonly string[]): Promise<string> {
  return runCommand(join(broker.tools, name), args, {timeoutMs: 60_000});
}

/** A name that no other test, file or run uses. */
export function uniqueName(stem: string): string {
  return `${stem}-${process.pid.toString(36)}-${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 6)}`;
}

/** Kills a node of the three-node cluster, as a power cut would. */
export async function killKafkaNode(id: number): Promise<void> {
  const cluster = kafkaCluster();
  const folder = cluster.nodes.find(node => node.id === id)?.folder;
  const entry = readState().processes.find(one => folder !== undefined && one.log.startsWith(join(folder, '/')));
  if (!entry) throw new Error(`kafka-cluster has no running node ${id}`);
  await killProcess(entry);
  dropProcesses([entry.pid]);
}

/** Brings back a node that `killKafkaNode` killed, and waits until it lists all three. */
export async function restartKafkaClusterNode(id: number): Promise<void> {
  await restartKafkaNode('kafka-cluster', kafkaCluster(), id);
}
