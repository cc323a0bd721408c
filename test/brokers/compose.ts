import {chmodSync, copyFileSync, mkdirSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {formatArguments, kafkaBroker, kafkaProperties} from './kafka-config.ts';
import {programs as kafkaPrograms} from './kafka-tools.ts';
import {repository, runFolder} from './paths.ts';
import {clientPorts, enabledPlugins, rabbitmqBroker, rabbitmqConfiguration} from './rabbitmq-config.ts';
import {programs as rabbitmqPrograms} from './rabbitmq-server.ts';
import {serverVersion, setUpRabbitmq} from './rabbitmq-users.ts';
import {runCommand} from './run-command.ts';
import type {BrokerState, KafkaBroker, RabbitmqBroker} from './state.ts';
import {certificates} from './tls.ts';
import type {Certificates} from './tls.ts';

/*
 * The same servers in containers, with the same configuration written by the same code. Ports inside and outside are the
 * same, since Kafka and RabbitMQ's streams tell clients where to connect; compose.yaml holds them once more.
 */

const file = join(repository, 'compose.yaml');
const home = join(runFolder, 'compose');
const rabbitmqBases = {'rabbitmq-4.0': 19_100, 'rabbitmq-3.10': 19_110, 'rabbitmq-4.3': 19_120} as const;
const kafkaPorts = {plain: 19_092, tls: 19_093, sasl: 19_094, saslTls: 19_095, controller: 19_096};

/** Starts the containers. @returns what they are, by broker name */
export async function startCompose(): Promise<Record<string, BrokerState>> {
  const tls = await certificates();
  rmSync(home, {recursive: true, force: true});
  const kafka = prepareKafka(tls);
  const rabbitmqs = Object.entries(rabbitmqBases).map(
    ([name, base]) => [name, base, prepareRabbitmq(name, base, tls)] as const,
  );
  await runCommand('docker', ['compose', '-f', file, 'up', '--detach', '--wait', '--wait-timeout', '300']);
  const brokers: Record<string, BrokerState> = {kafka};
  for (const [name, base, describe] of rabbitmqs) {
    const managementUrl = `http://127.0.0.1:${clientPorts(base).management}`;
    const version = await serverVersion(managementUrl);
    if (version === null) throw new Error(`${name} does not answer at ${managementUrl}`);
    await setUpRabbitmq(managementUrl);
    brokers[name] = describe(version);
  }
  return brokers;
}

/** Stops and removes a broker's container. */
export async function stopComposed(name: string): Promise<void> {
  await runCommand('docker', ['compose', '-f', file, 'rm', '--stop', '--force', '--volumes', name]);
}

/** A folder that a container sees as /brokerctl, with the certificates in it. */
function mounted(name: string, tls: Certificates): {folder: string; inside: Certificates} {
  const folder = join(home, name);
  mkdirSync(folder, {recursive: true});
  const names = {ca: 'ca.pem', key: 'server.key', certificate: 'server.crt', chain: 'server.pem'} as const;
  for (const key of Object.keys(names) as (keyof Certificates)[]) {
    copyFileSync(tls[key], join(folder, names[key]));
    // The servers run as a user of the image's own.
    chmodSync(join(folder, names[key]), 0o644);
  }
  const at = (key: keyof Certificates): string => `/brokerctl/${names[key]}`;
  return {folder, inside: {ca: at('ca'), key: at('key'), certificate: at('certificate'), chain: at('chain')}};
}

/** Tools that run in the container. */
function writeTools(name: string, programs: readonly string[], path: (program: string) => string): string {
  const folder = join(home, name, 'tools');
  mkdirSync(folder, {recursive: true});
  for (const program of programs) {
    const call = `exec docker compose -f '${file}' exec -T '${name}' ${path(program)} "$@"`;
    writeFileSync(join(folder, program), `#!/bin/sh\n${call}\n`);
    chmodSync(join(folder, program), 0o755);
  }
  return folder;
}

function prepareKafka(tls: Certificates): KafkaBroker {
  const {folder, inside} = mounted('kafka', tls);
  const node = {id: 1, all: [kafkaPorts], ports: kafkaPorts, data: '/tmp/kafka-data', tls: inside, bind: '0.0.0.0'};
  writeFileSync(join(folder, 'server.properties'), kafkaProperties(node));
  const quoted = formatArguments('YnJva2VyY3RsLWNvbXBvcw', '/brokerctl/server.properties').map(word => `'${word}'`);
  const format = `/opt/kafka/bin/kafka-storage.sh ${quoted.join(' ')} --ignore-formatted`;
  const start = 'exec /opt/kafka/bin/kafka-server-start.sh /brokerctl/server.properties';
  writeFileSync(join(folder, 'start.sh'), `${format} || exit 1\n${start}\n`);
  const tools = writeTools('kafka', Object.keys(kafkaPrograms), program => `/opt/kafka/bin/${program}.sh`);
  return kafkaBroker([kafkaPorts], {ca: tls.ca, tools, nodes: []});
}

function prepareRabbitmq(name: string, base: number, tls: Certificates): (version: string) => RabbitmqBroker {
  const ports = clientPorts(base);
  const {folder, inside} = mounted(name, tls);
  writeFileSync(join(folder, 'rabbitmq.conf'), rabbitmqConfiguration(ports, inside, '0.0.0.0'));
  writeFileSync(join(folder, 'enabled_plugins'), enabledPlugins);
  const tools = writeTools(name, rabbitmqPrograms, program => program);
  return version => rabbitmqBroker(ports, {version, ca: tls.ca, tools});
}
