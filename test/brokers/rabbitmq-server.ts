import {randomBytes} from 'node:crypto';
import {chmodSync, mkdirSync, rmSync, writeFileSync} from 'node:fs';
import {connect} from 'node:net';
import {join} from 'node:path';
import {runFolder} from './paths.ts';
import {freePorts} from './ports.ts';
import {rabbitmqPrefix} from './rabbitmq-packages.ts';
import type {RabbitmqLine} from './rabbitmq-packages.ts';
import {clientPorts, enabledPlugins, rabbitmqBroker, rabbitmqConfiguration} from './rabbitmq-config.ts';
import type {Ports} from './rabbitmq-config.ts';
import {serverVersion, setUpRabbitmq} from './rabbitmq-users.ts';
import {startProcess, untilReady} from './server-process.ts';
import type {RabbitmqBroker} from './state.ts';
import {certificates} from './tls.ts';

export const programs = [
  'rabbitmqctl',
  'rabbitmq-queues',
  'rabbitmq-streams',
  'rabbitmq-diagnostics',
  'rabbitmq-plugins',
];

/** What a node on this machine takes besides the ports that clients see. */
interface NodePorts extends Ports {
  readonly distribution: number;
  readonly epmd: number;
  /** First of 20: each running command-line tool is an Erlang node that listens on one. */
  readonly tools: number;
}

function environment(prefix: string, home: string, ports: NodePorts): Record<string, string> {
  return {
    // The Erlang cookie lives in HOME.
    HOME: home,
    PATH: `${prefix}/usr/lib/erlang/bin:${prefix}/usr/lib/rabbitmq/bin:${process.env['PATH'] ?? ''}`,
    LANG: 'C.UTF-8',
    LC_ALL: 'C.UTF-8',
    ERL_EPMD_PORT: String(ports.epmd),
    ERL_EPMD_ADDRESS: '127.0.0.1',
    RABBITMQ_CONF_ENV_FILE: '/dev/null',
    RABBITMQ_NODENAME: 'test@localhost',
    RABBITMQ_NODE_PORT: String(ports.amqp),
    RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1',
    RABBITMQ_DIST_PORT: String(ports.distribution),
    RABBITMQ_CTL_DIST_PORT_MIN: String(ports.tools),
    RABBITMQ_CTL_DIST_PORT_MAX: String(ports.tools + 19),
    RABBITMQ_CONFIG_FILE: join(home, 'rabbitmq.conf'),
    RABBITMQ_ADVANCED_CONFIG_FILE: join(home, 'advanced.config'),
    RABBITMQ_MNESIA_BASE: join(home, 'data'),
    RABBITMQ_LOG_BASE: join(home, 'log'),
    RABBITMQ_ENABLED_PLUGINS_FILE: join(home, 'enabled_plugins'),
    RABBITMQ_PLUGINS_EXPAND_DIR: join(home, 'plugins'),
    RABBITMQ_PID_FILE: join(home, 'rabbit.pid'),
    RABBITMQ_GENERATED_CONFIG_DIR: join(home, 'generated'),
    RABBITMQ_FEATURE_FLAGS_FILE: join(home, 'feature_flags'),
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '-kernel inet_dist_use_interface {127,0,0,1}',
  };
}

/** RabbitMQ's own tools, each with the environment that leads it to this node. */
function writeTools(prefix: string, home: string, env: Readonly<Record<string, string>>): string {
  const folder = join(home, 'tools');
  mkdirSync(folder);
  const exports = Object.entries(env).map(([key, value]) => `export ${key}='${value}'`);
  for (const program of programs) {
    const call = `exec '${prefix}/usr/lib/rabbitmq/bin/${program}' "$@"`;
    writeFileSync(join(folder, program), ['#!/bin/sh', ...exports, call, ''].join('\n'));
    chmodSync(join(folder, program), 0o755);
  }
  return folder;
}

function accepts(port: number): Promise<boolean> {
  return new Promise(done => {
    const socket = connect(port, '127.0.0.1', () => {
      done(true);
      socket.destroy();
    });
    socket.on('error', () => done(false));
  });
}

/** One RabbitMQ node on loopback with its own Erlang and its own epmd. */
export async function startRabbitmq(name: string, line: RabbitmqLine): Promise<RabbitmqBroker> {
  const [prefix, tls, base] = await Promise.all([rabbitmqPrefix(line), certificates(), freePorts(27)]);
  const ports: NodePorts = {...clientPorts(base), distribution: base + 5, epmd: base + 6, tools: base + 7};
  const home = join(runFolder, name);
  rmSync(home, {recursive: true, force: true});
  mkdirSync(join(home, 'log'), {recursive: true});
  writeFileSync(join(home, '.erlang.cookie'), randomBytes(16).toString('hex'), {mode: 0o400});
  writeFileSync(join(home, 'rabbitmq.conf'), rabbitmqConfiguration(ports, tls, '127.0.0.1'));
  writeFileSync(join(home, 'enabled_plugins'), enabledPlugins);
  const env = environment(prefix, home, ports);
  const tools = writeTools(prefix, home, env);

  // Started first and by us, so that its pid is known: the server would leave a daemon of its own behind.
  const epmd = ['-address', '127.0.0.1', '-port', String(ports.epmd)];
  startProcess(name, `${prefix}/usr/lib/erlang/bin/epmd`, epmd, {cwd: home, env, log: join(home, 'log/epmd.log')});
  // With "detached" set the start script replaces itself by the emulator, so the pid is the server's.
  const server = startProcess(name, `${prefix}/usr/lib/rabbitmq/bin/rabbitmq-server`, [], {
    cwd: home,
    env: {...env, detached: '1'},
    log: join(home, 'log/server.log'),
  });
  const managementUrl = `http://127.0.0.1:${ports.management}`;
  let version: string | null = null;
  await untilReady([server], async () => {
    version = await serverVersion(managementUrl);
    return version !== null && (await accepts(ports.amqp)) && (await accepts(ports.stream));
  });
  await setUpRabbitmq(managementUrl);
  return rabbitmqBroker(ports, {version: version ?? line, ca: tls.ca, tools});
}
