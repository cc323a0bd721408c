import {resolve} from 'node:path';
import type {Document} from 'yaml';
import {systemOf} from '../brokers/registry.ts';
import {parseAddress} from '../model/address.ts';
import {Failure} from '../model/failure.ts';
import type {Config} from './config.ts';

/** The flags of `context add`, in oclif's spelling. */
export interface AddFlags {
  readonly protected?: boolean;
  readonly readonly?: boolean;
  readonly label?: string[] | undefined;
  readonly username?: string | undefined;
  readonly 'password-file'?: string | undefined;
  readonly 'password-env'?: string | undefined;
  readonly 'password-command'?: string | undefined;
  readonly 'token-file'?: string | undefined;
  readonly 'token-env'?: string | undefined;
  readonly 'token-command'?: string | undefined;
  readonly 'creds-file'?: string | undefined;
  readonly tls?: boolean;
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  readonly 'server-name'?: string | undefined;
  readonly insecure?: boolean;
}

/** A context as the YAML file holds it: only the keys that say something. */
export type ContextRecord = Readonly<Record<string, unknown>>;

/** The YAML of a new context. @throws {Failure} `usage` on a name or URL that cannot be used */
export function checkNewContext(name: string, url: string, flags: AddFlags): ContextRecord {
  if (!/^[A-Za-z0-9][\w.@-]*$/.test(name)) {
    throw new Failure('usage', `"${name}" cannot name a context`, {
      hints: ['Use letters, digits and . _ - @; -c takes globs, so * and ? would not be found.'],
    });
  }
  const {scheme, hosts, path: folder} = parseAddress(url);
  if (systemOf(scheme) === 'file' ? !folder : hosts.length === 0) {
    throw new Failure('usage', 'The URL says no place to connect to', {
      hints: [`Write kafka://host:9092, or file:DIR.`],
    });
  }
  const tls = filled({
    ca: path(flags.ca),
    cert: path(flags.cert),
    key: path(flags.key),
    serverName: flags['server-name'],
    insecure: flags.insecure || undefined,
  });
  const auth = filled({
    username: flags.username,
    passwordFile: path(flags['password-file']),
    passwordEnv: flags['password-env'],
    passwordCommand: flags['password-command'],
    tokenFile: path(flags['token-file']),
    tokenEnv: flags['token-env'],
    tokenCommand: flags['token-command'],
    credsFile: path(flags['creds-file']),
  });
  return filled({
    url,
    protected: flags.protected || undefined,
    readonly: flags.readonly || undefined,
    tls: Object.keys(tls).length > 0 ? tls : flags.tls || undefined,
    auth: Object.keys(auth).length > 0 ? auth : undefined,
    labels: flags.label === undefined ? undefined : Object.fromEntries(flags.label.map(label)),
  });
}

/** Writes a context into the document; the first one becomes the current one. @returns whether it is current now */
export function putContext(
  document: Document,
  config: Config,
  name: string,
  record: ContextRecord,
  {force, use}: {readonly force: boolean; readonly use: boolean},
): boolean {
  if (config.contexts.has(name) && !force) {
    throw new Failure('usage', `There is a context "${name}" already`, {
      hints: ['Give another name, or replace it with --force.'],
    });
  }
  document.setIn(['contexts', name], document.createNode(record));
  if (use || !document.hasIn(['contexts', document.get('current')])) document.set('current', name);
  return document.get('current') === name;
}

function label(word: string): [string, string] {
  const [, key, value] = /^([^=]+)=(.*)$/.exec(word) ?? [];
  if (key === undefined || value === undefined) {
    throw new Failure('usage', `"${word}" is not a label`, {hints: ['Write it as key=value.']});
  }
  return [key, value];
}

/** Files are named from where the user stands, the configuration is read from anywhere. */
function path(file: string | undefined): string | undefined {
  return file === undefined ? undefined : resolve(file);
}

function filled(record: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined));
}
