import {rmSync} from 'node:fs';
import {join} from 'node:path';
import {startKafka} from './kafka-server.ts';
import {startNats} from './nats-server.ts';
import {runFolder} from './paths.ts';
import {startRabbitmq} from './rabbitmq-server.ts';
import {isAlive, killProcess} from './server-process.ts';
import {addBroker, dropBroker, readState} from './state.ts';
import type {BrokerState} from './state.ts';

/** Every broker that the tests know, and how it is started. */
const starters = {
  kafka: () => startKafka('kafka', {nodes: 1}),
  'kafka-cluster': () => startKafka('kafka-cluster', {nodes: 3}),
  'rabbitmq-4.0': () => startRabbitmq('rabbitmq-4.0', '4.0'),
  'rabbitmq-3.10': () => startRabbitmq('rabbitmq-3.10', '3.10'),
  'rabbitmq-4.3': () => startRabbitmq('rabbitmq-4.3', '4.3'),
  nats: () => startNats('nats'),
} satisfies Record<string, () => Promise<BrokerState>>;

export type BrokerName = keyof typeof starters;
export const brokerNames = Object.keys(starters) as BrokerName[];

/** The suite that carries RabbitMQ 4.3 moves from day to day, so a run without it is still a good run. */
export const optional: readonly BrokerName[] = ['rabbitmq-4.3'];

/** Whether all that was started for a broker still runs; one in a container is taken to run. */
export function isRunning(name: string): boolean {
  const {brokers, processes} = readState();
  return brokers[name] !== undefined && processes.filter(entry => entry.broker === name).every(isAlive);
}

/** Starts a broker, or finds it running. What an earlier run left half dead is cleared away first. */
export async function startBroker(name: BrokerName): Promise<{readonly started: boolean}> {
  if (isRunning(name)) return {started: false};
  await stopBroker(name);
  try {
    addBroker(name, await starters[name]());
  } catch (error) {
    await stopBroker(name, {keepLogs: true});
    throw error;
  }
  return {started: true};
}

/** Kills a broker's processes and throws its data away. */
export async function stopBroker(name: string, {keepLogs = false} = {}): Promise<void> {
  await Promise.all(
    readState()
      .processes.filter(entry => entry.broker === name)
      .map(killProcess),
  );
  dropBroker(name);
  if (!keepLogs) rmSync(join(runFolder, name), {recursive: true, force: true});
}
