import {users, vhost} from './rabbitmq-users.ts';
import type {RabbitmqBroker} from './state.ts';
import type {Certificates} from './tls.ts';

/** Ports that clients see. */
export interface Ports {
  readonly amqp: number;
  readonly tls: number;
  readonly management: number;
  readonly prometheus: number;
  readonly stream: number;
}

/** The ports that clients see, as a block that begins at `base`. */
export function clientPorts(base: number): Ports {
  return {amqp: base, tls: base + 1, management: base + 2, prometheus: base + 3, stream: base + 4};
}

const plugins = [
  'management',
  'prometheus',
  'shovel',
  'shovel_management',
  'stream',
  'stream_management',
  'consistent_hash_exchange',
];

/** Contents of the file enabled_plugins: one Erlang term. */
export const enabledPlugins = `[${plugins.map(plugin => `rabbitmq_${plugin}`).join(',')}].\n`;

/** Contents of rabbitmq.conf; `bind` is loopback, or all addresses of a container. */
export function rabbitmqConfiguration(ports: Ports, tls: Certificates, bind: string): string {
  return `listeners.tcp.1 = ${bind}:${ports.amqp}
listeners.ssl.1 = ${bind}:${ports.tls}
ssl_options.cacertfile = ${tls.ca}
ssl_options.certfile = ${tls.certificate}
ssl_options.keyfile = ${tls.key}
ssl_options.verify = verify_peer
ssl_options.fail_if_no_peer_cert = false
management.tcp.ip = ${bind}
management.tcp.port = ${ports.management}
prometheus.tcp.ip = ${bind}
prometheus.tcp.port = ${ports.prometheus}
stream.listeners.tcp.1 = ${bind}:${ports.stream}
stream.advertised_host = 127.0.0.1
stream.advertised_port = ${ports.stream}
vm_memory_high_watermark.relative = 0.2
disk_free_limit.absolute = 50MB
log.console = false
log.file.level = info
`;
}

/** What tests are told of a server on these ports. */
export function rabbitmqBroker(
  ports: Ports,
  parts: {readonly version: string; readonly ca: string; readonly tools: string},
): RabbitmqBroker {
  const managementUrl = `http://127.0.0.1:${ports.management}`;
  const management = `management=${encodeURIComponent(managementUrl)}`;
  return {
    system: 'rabbitmq',
    url: `amqp://guest:guest@127.0.0.1:${ports.amqp}?${management}`,
    tlsUrl: `amqps://guest:guest@localhost:${ports.tls}?${management}`,
    managementUrl,
    amqpPort: ports.amqp,
    tlsPort: ports.tls,
    managementPort: ports.management,
    streamPort: ports.stream,
    users,
    vhost,
    ...parts,
  };
}
