import {existsSync, mkdirSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {isMap} from 'yaml';
import {changeConfig, configFile} from '../../src/shell/config.ts';
import {runFolder} from './paths.ts';
import type {BrokerState} from './state.ts';

/** The configuration that the built program reads too. */
export const userConfig = configFile(process.env['BROKERCTL_CONFIG']);

function contextsOf(name: string, broker: BrokerState): Record<string, object> {
  const local = `local-${name}`;
  const tls = {ca: broker.ca};
  if (broker.system === 'rabbitmq') {
    const auth = {username: 'guest', passwordFile: passwordFile('guest', broker.users.guest)};
    const bare = (url: string): string => url.replace('guest:guest@', '');
    return {[local]: {url: bare(broker.url), auth}, [`${local}-tls`]: {url: bare(broker.tlsUrl), auth, tls}};
  }
  if (broker.system === 'nats') {
    const auth = {username: 'app', passwordFile: passwordFile('nats-app', broker.users.app)};
    const token = {tokenFile: passwordFile('nats-token', broker.token)};
    return {
      [local]: {url: `nats://127.0.0.1:${broker.clientPort}`, auth},
      [`${local}-tls`]: {url: broker.tlsUrl, auth: token, tls},
    };
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

/** Adds contexts for a broker to the user's config and leaves alone what is there. @returns those added, those in the way */
export async function addContexts(
  file: string,
  name: string,
  broker: BrokerState,
): Promise<{added: string[]; existing: string[]}> {
  const added: string[] = [];
  const existing: string[] = [];
  await changeConfig(file, config => {
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
export async function removeContexts(file: string, names: readonly string[]): Promise<void> {
  if (names.length === 0 || !existsSync(file)) return;
  await changeConfig(file, config => {
    for (const name of names) config.deleteIn(['contexts', name]);
    if (names.includes(String(config.get('current')))) config.delete('current');
    const contexts = config.get('contexts');
    if (isMap(contexts) && contexts.items.length === 0) config.delete('contexts');
  });
}
