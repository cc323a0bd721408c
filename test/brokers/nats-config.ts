import type {NatsBroker} from './state.ts';
import type {Certificates} from './tls.ts';

export interface NatsPorts {
  readonly client: number;
  /** A second server, with TLS and without data to speak of. */
  readonly tls: number;
  readonly monitor: number;
  readonly tlsMonitor: number;
}

export function natsPorts(base: number): NatsPorts {
  return {client: base, tls: base + 1, monitor: base + 2, tlsMonitor: base + 3};
}

export const natsUsers = {
  app: 'app-secret',
  watcher: 'watcher-secret',
  bare: 'bare-secret',
  sys: 'sys-secret',
} as const;
export const natsToken = 'token-secret';

/** Accounts: APP has JetStream and no limits, BARE has no JetStream, SYS is the system account. `watcher` may only look. */
export function natsConfiguration(ports: NatsPorts, data: string, bind: string): string {
  const {app, watcher, bare, sys} = natsUsers;
  return `server_name: plain
listen: "${bind}:${ports.client}"
http: "${bind}:${ports.monitor}"
jetstream { store_dir: "${data}", max_memory_store: 256MB, max_file_store: 4GB }
accounts {
  SYS { users: [ { user: sys, password: "${sys}" } ] }
  BARE { users: [ { user: bare, password: "${bare}" } ] }
  APP {
    jetstream: enabled
    users: [
      { user: app, password: "${app}" }
      { user: watcher, password: "${watcher}", permissions {
          publish: [ "$JS.API.INFO", "$JS.API.STREAM.NAMES", "$JS.API.STREAM.LIST", "$JS.API.STREAM.INFO.*",
                     "$JS.API.CONSUMER.LIST.*", "$JS.API.CONSUMER.INFO.*.*" ]
          subscribe: [ "_INBOX.>" ] } }
    ]
  }
}
system_account: SYS
`;
}

/** A server that asks for TLS and takes a token. */
export function natsTlsConfiguration(ports: NatsPorts, data: string, tls: Certificates, bind: string): string {
  return `server_name: encrypted
listen: "${bind}:${ports.tls}"
http: "${bind}:${ports.tlsMonitor}"
jetstream { store_dir: "${data}", max_memory_store: 64MB, max_file_store: 256MB }
tls { cert_file: "${tls.certificate}", key_file: "${tls.key}" }
authorization { token: "${natsToken}" }
`;
}

export function natsBroker(
  ports: NatsPorts,
  {version, ca}: {readonly version: string; readonly ca: string},
): NatsBroker {
  return {
    system: 'nats',
    version,
    url: `nats://app:${natsUsers.app}@127.0.0.1:${ports.client}`,
    tlsUrl: `nats+tls://localhost:${ports.tls}`,
    monitorUrl: `http://127.0.0.1:${ports.monitor}`,
    clientPort: ports.client,
    users: natsUsers,
    token: natsToken,
    ca,
  };
}
