import {randomBytes} from 'node:crypto';
import {mkdirSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {formatArguments, kafkaBroker, kafkaProperties, version} from './kafka-config.ts';
import type {NodePorts} from './kafka-config.ts';
import {listedBrokers} from './kafka-ready.ts';
import {kafkaTools} from './kafka-tools.ts';
import {jarFolder} from './maven.ts';
import {runFolder} from './paths.ts';
import {freePorts} from './ports.ts';
import {runCommand} from './run-command.ts';
import {startProcess, untilReady} from './server-process.ts';
import type {ServerProcess} from './server-process.ts';
import type {KafkaBroker} from './state.ts';
import {certificates} from './tls.ts';

const log4j = `appender.out.type=Console
appender.out.name=out
appender.out.layout.type=PatternLayout
appender.out.layout.pattern=%d %p %c{1} %m%n
rootLogger.level=WARN
rootLogger.appenderRef.out.ref=out
`;

const jvm = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-XX:-UsePerfData', '-Djava.awt.headless=true'];

const serverJars = (): Promise<string> =>
  jarFolder(`kafka-${version}`, [
    {coordinates: `org.apache.kafka:kafka_2.13:${version}`},
    {coordinates: 'org.apache.logging.log4j:log4j-slf4j-impl:2.25.5'},
  ]);

function java(folder: string, jars: string, heapMb: number, main: string, args: readonly string[]): string[] {
  const log = `-Dlog4j2.configurationFile=${join(folder, 'log4j2.properties')}`;
  return ['-Xms64m', `-Xmx${heapMb}m`, ...jvm, log, '-cp', `${jars}/*`, main, ...args];
}

/** Starts one node of a formatted cluster: also one that a test killed. */
async function startNode(name: string, folder: string, heapMb: number): Promise<ServerProcess> {
  const args = java(folder, await serverJars(), heapMb, 'kafka.Kafka', ['server.properties']);
  return startProcess(name, 'java', args, {cwd: folder, log: join(folder, 'server.log')});
}

/** Brings a killed node back, and waits until it lists the whole cluster. */
export async function restartKafkaNode(name: string, broker: KafkaBroker, id: number): Promise<void> {
  const node = broker.nodes.find(one => one.id === id);
  if (!node) throw new Error(`${name} has no node ${id}`);
  const process = await startNode(name, node.folder, 384);
  await untilReady([process], async () => (await listedBrokers(node.port)) === broker.nodes.length);
}

/** A KRaft cluster with PLAINTEXT, TLS and SASL listeners on loopback; KIP-848 and share groups are on by default. */
export async function startKafka(
  name: string,
  options: {readonly nodes: 1 | 3; readonly heapMb?: number},
): Promise<KafkaBroker> {
  const [jars, tools, tls] = await Promise.all([serverJars(), kafkaTools(), certificates()]);
  const base = await freePorts(options.nodes * 5);
  const all = Array.from({length: options.nodes}, (_, i): NodePorts => {
    const first = base + i * 5;
    return {plain: first, tls: first + 1, sasl: first + 2, saslTls: first + 3, controller: first + 4};
  });
  const home = join(runFolder, name);
  rmSync(home, {recursive: true, force: true});
  // An id that begins with a hyphen would be read as an option by kafka-storage: one in 64 random ones does.
  const cluster = Buffer.concat([Buffer.of(0), randomBytes(15)]).toString('base64url');
  const nodes = all.map((ports, i) => ({id: i + 1, folder: join(home, `node${i + 1}`), port: ports.plain, ports}));

  const processes = await Promise.all(
    nodes.map(async ({id, folder, ports}) => {
      mkdirSync(folder, {recursive: true});
      writeFileSync(join(folder, 'log4j2.properties'), log4j);
      const properties = kafkaProperties({id, all, ports, data: join(folder, 'data'), tls, bind: '127.0.0.1'});
      writeFileSync(join(folder, 'server.properties'), properties);
      const args = formatArguments(cluster, join(folder, 'server.properties'));
      await runCommand('java', java(folder, jars, 128, 'kafka.tools.StorageTool', args), {cwd: folder});
      return startNode(name, folder, options.heapMb ?? 384);
    }),
  );
  await untilReady(processes, async () => {
    const listed = await Promise.all(nodes.map(node => listedBrokers(node.port)));
    return listed.every(count => count === options.nodes);
  });

  return kafkaBroker(all, {ca: tls.ca, tools, nodes: nodes.map(({id, folder, port}) => ({id, folder, port}))});
}
