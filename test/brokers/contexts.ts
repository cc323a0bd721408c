import {existsSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {homedir} from 'node:os';
import {dirname, join} from 'node:path';
import {isMap, parseDocument} from 'yaml';
import type {Document} from 'yaml';
import {runFolder} from './paths.ts';
import type {BrokerState} from './state.ts';

/** The config that the built program reads too. */
export const configFile =
  process.env['BROKERCTL_CONFIG'] ??
  join(process.env['XDG_CONFIG_HOME'] ?? join(homedir(), '.config'), 'brokerctl', 'config.yaml');

function contextsOf(name: string, broker: BrokerState): Record<string, object> {
  const local = `local-${name}`;
  const tls = {ca: broker.ca};
  if (broker.system === 'rabbitmq') {
    const auth = {username: 'guest', passwordFile: passwordFile('guest', broker.users.guest)};
    const bare = (url: string): string => url.replace('guest:guest@', '');
    return {[local]: {url: bare(broker.url), auth}, [`${local}-tls`]: {url: bare(broker.tlsUrl), auth, tls}};
  }
  const auth = {username: 'admin', passwordFile: passwordFile('kafka-admin', broker.users.admin)};
  return {
    [local]: {url: broker.plain.url},
    [`${local}-tls`]: {url: broker.tls.url, tls},
    [`${local}-sasl`]: {url: `${broker.saslTls.url}?sasl=scram-sha-256`, auth, tls},
  };
}

/** Secrets never stand in the config itself. */
function passwordFile(user: string, password: string): string {
  const file = join(runFolder, 'secrets', user);
  mkdirSync(dirname(file), {recursive: true});
  writeFileSync(file, `${password}\n`, {mode: 0o600});
  return file;
}

function edit(file: string, change: (config: Document) => void): void {
  const config = parseDocument(existsSync(file) ? readFileSync(file, 'utf8') : '');
  if (config.errors.length > 0) throw new Error(`${file}: ${config.errors[0]?.message}`);
  change(config);
  mkdirSync(dirname(file), {recursive: true});
  writeFileSync(file, config.toString());
}

/** Adds contexts for a broker to the user's config and leaves alone what is there. @returns those added, those in the way */
export function addContexts(file: string, name: string, broker: BrokerState): {added: string[]; existing: string[]} {
  const added: string[] = [];
  const existing: string[] = [];
  edit(file, config => {
    for (const [context, value] of Object.entries(contextsOf(name, broker))) {
      if (config.hasIn(['contexts', context])) existing.push(context);
      else {
        config.setIn(['contexts', context], value);
        added.push(context);
      }
    }
    if (!config.has('current') && added[0] !== undefined) config.set('current', added[0]);
  });
  return {added, existing};
}

/** Takes back what `addContexts` added. */
export function removeContexts(file: string, names: readonly string[]): void {
  if (names.length === 0 || !existsSync(file)) return;
  edit(file, config => {
    for (const name of names) config.deleteIn(['contexts', name]);
    if (names.includes(String(config.get('current')))) config.delete('current');
    const contexts = config.get('contexts');
    if (isMap(contexts) && contexts.items.length === 0) config.delete('contexts');
  });
}
