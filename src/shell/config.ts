import {readFile} from 'node:fs/promises';
import {homedir} from 'node:os';
import {dirname, join, resolve} from 'node:path';
import {isAlias, isMap, isPair, isScalar, isSeq, LineCounter, parseDocument, type Document, type Node} from 'yaml';
import type {DeadLetterHint} from '../model/dead-letter.ts';
import {Failure} from '../model/failure.ts';
import {nearest} from './errors.ts';

/** Where a context's secrets are; they are fetched only when it is opened. */
export interface AuthSettings {
  readonly username?: string;
  readonly password?: string;
  readonly passwordFile?: string;
  readonly passwordEnv?: string;
  readonly passwordCommand?: string;
  readonly tokenFile?: string;
  readonly tokenEnv?: string;
  readonly tokenCommand?: string;
  readonly credsFile?: string;
}

/** File names are relative to the configuration's folder. */
export interface TlsFiles {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly serverName?: string;
  readonly insecure?: boolean;
}

export interface ContextSettings {
  readonly url: string;
  /** Destructive work wants the destination's name typed. */
  readonly protected: boolean;
  /** No change is made through this context. */
  readonly readonly: boolean;
  readonly tls: TlsFiles | null;
  readonly auth: AuthSettings;
  readonly deadLetters: readonly DeadLetterHint[];
  readonly labels: Readonly<Record<string, string>>;
}

export interface Config {
  readonly file: string;
  readonly current: string | null;
  readonly contexts: ReadonlyMap<string, ContextSettings>;
}

/** The configuration file's path: `--config`, else `$XDG_CONFIG_HOME/brokerctl/config.yaml`. */
export function configFile(flag: string | undefined): string {
  if (flag !== undefined) return resolve(flag);
  return join(process.env['XDG_CONFIG_HOME'] || join(homedir(), '.config'), 'brokerctl', 'config.yaml');
}

/** A file's text, or `null` when there is none and it need not be. @throws {Failure} `config` */
export async function readConfigText(file: string, required: boolean): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT' && !required) return null;
    throw new Failure('config', `Could not read the configuration ${file}`, {
      broker: error instanceof Error ? error.message : String(error),
      hints: ['Name another file with --config or BROKERCTL_CONFIG.'],
      cause: error,
    });
  }
}

/** Reads the configuration; a file that is not there is an empty one unless it was named. @throws {Failure} `config` */
export async function loadConfig(flag: string | undefined): Promise<Config> {
  const file = configFile(flag);
  const text = await readConfigText(file, flag !== undefined);
  return text === null ? {file, current: null, contexts: new Map()} : parseConfig(text, file);
}

/** @throws {Failure} `config`, with the place and the line that is wrong */
export function parseConfig(text: string, file: string): Config {
  const {root} = parseYaml(text, file);
  const place = new Place(file, text);
  const top = place.fields(root, 'the configuration', ['current', 'contexts']);
  const contexts = new Map<string, ContextSettings>();
  for (const [name, node] of place.entries(top.get('contexts'), 'contexts')) {
    contexts.set(name, readContext(place, node, name, dirname(file)));
  }
  return {file, current: place.text(top.get('current'), 'current') ?? null, contexts};
}

/** The YAML document behind a configuration, kept with its comments so that it can be changed and written back. */
export function parseYaml(text: string, file: string): {document: Document.Parsed; root: Node | null} {
  const lines = new LineCounter();
  const document = parseDocument(text, {lineCounter: lines, prettyErrors: false});
  const [error] = document.errors;
  if (error) throw new Place(file, text).wrong(error.message, error.pos[0]);
  return {document, root: document.contents};
}

const contextKeys = ['url', 'protected', 'readonly', 'tls', 'auth', 'deadLetters', 'labels'];
const authKeys = [
  'username',
  'password',
  'passwordFile',
  'passwordEnv',
  'passwordCommand',
  'tokenFile',
  'tokenEnv',
  'tokenCommand',
  'credsFile',
] as const;

function readContext(place: Place, node: Node | null, name: string, folder: string): ContextSettings {
  const path = `contexts.${name}`;
  const fields = place.fields(node, path, contextKeys);
  const url = place.text(fields.get('url'), `${path}.url`);
  if (url === undefined) throw place.wrong(`${path} has no url`, node?.range?.[0] ?? 0);
  const file = (key: string, fields: Fields, under: string): Record<string, string> => {
    const value = place.text(fields.get(key), `${under}.${key}`);
    return value === undefined ? {} : {[key]: resolve(folder, value.replace(/^~(?=\/|$)/, homedir()))};
  };
  const word = (key: string, fields: Fields, under: string): Record<string, string> => {
    const value = place.text(fields.get(key), `${under}.${key}`);
    return value === undefined ? {} : {[key]: value};
  };
  const auth = place.fields(fields.get('auth'), `${path}.auth`, authKeys);
  const authPairs = authKeys.map(key => (key.endsWith('File') ? file : word)(key, auth, `${path}.auth`));
  return {
    url,
    protected: place.flag(fields.get('protected'), `${path}.protected`),
    readonly: place.flag(fields.get('readonly'), `${path}.readonly`),
    tls: fields.has('tls') ? readTls(fields.get('tls')) : null,
    auth: Object.assign({}, ...authPairs) as AuthSettings,
    deadLetters: place.items(fields.get('deadLetters'), `${path}.deadLetters`).map(readRoute),
    labels: Object.fromEntries(
      place
        .entries(fields.get('labels'), `${path}.labels`)
        .map(([key, value]) => [key, place.text(value, `${path}.labels.${key}`) ?? '']),
    ),
  };

  function readTls(tlsNode: Node | null | undefined): TlsFiles | null {
    if (isScalar(tlsNode) && typeof tlsNode.value === 'boolean') return tlsNode.value ? {} : null;
    const tls = place.fields(tlsNode, `${path}.tls`, ['ca', 'cert', 'key', 'serverName', 'insecure']);
    return {
      ...file('ca', tls, `${path}.tls`),
      ...file('cert', tls, `${path}.tls`),
      ...file('key', tls, `${path}.tls`),
      ...word('serverName', tls, `${path}.tls`),
      insecure: place.flag(tls.get('insecure'), `${path}.tls.insecure`),
    };
  }

  function readRoute(routeNode: Node | null): DeadLetterHint {
    const route = place.fields(routeNode, `${path}.deadLetters`, ['source', 'destination']);
    const destination = place.text(route.get('destination'), `${path}.deadLetters.destination`);
    if (destination === undefined)
      throw place.wrong(`${path}.deadLetters: a route has no destination`, routeNode?.range?.[0] ?? 0);
    return {source: place.text(route.get('source'), `${path}.deadLetters.source`) ?? null, destination};
  }
}

type Fields = ReadonlyMap<string, Node | null>;

/** Reads values out of the YAML tree, and says where a wrong one stands. */
class Place {
  readonly #file: string;
  readonly #text: string;

  constructor(file: string, text: string) {
    this.#file = file;
    this.#text = text;
  }

  wrong(message: string, offset: number): Failure {
    const before = this.#text.slice(0, offset).split('\n');
    const [line, column] = [before.length, (before.at(-1) ?? '').length + 1];
    const shown = this.#text.split('\n')[line - 1] ?? '';
    const margin = `${line} | `;
    return new Failure('config', `${this.#file}:${line}:${column}: ${message}`, {
      broker: `${margin}${shown}\n${' '.repeat(margin.length + column - 1)}^`,
      hints: ['Mend that line; brokerctl context list reads the file again.'],
    });
  }

  entries(node: Node | null | undefined, path: string): [string, Node | null][] {
    if (node === null || node === undefined || (isScalar(node) && node.value === null)) return [];
    if (!isMap(node)) throw this.wrong(`${path} must hold names and values`, node.range?.[0] ?? 0);
    return node.items.map(pair => {
      const key = isScalar(pair.key) ? String(pair.key.value) : '';
      const value = isAlias(pair.value) || isPair(pair.value) ? null : (pair.value as Node | null);
      return [key, value];
    });
  }

  fields(node: Node | null | undefined, path: string, keys: readonly string[]): Fields {
    const entries = this.entries(node, path);
    for (const [index, [key]] of entries.entries()) {
      if (keys.includes(key)) continue;
      const near = nearest(key, keys);
      const pair = isMap(node) ? node.items[index]?.key : null;
      const offset = isScalar(pair) ? (pair.range?.[0] ?? 0) : 0;
      throw this.wrong(`unknown key "${key}" in ${path}${near === null ? '' : `; did you mean "${near}"?`}`, offset);
    }
    return new Map(entries);
  }

  items(node: Node | null | undefined, path: string): (Node | null)[] {
    if (node === null || node === undefined) return [];
    if (!isSeq(node)) throw this.wrong(`${path} must be a list`, node.range?.[0] ?? 0);
    return node.items as (Node | null)[];
  }

  text(node: Node | null | undefined, path: string): string | undefined {
    if (node === null || node === undefined) return undefined;
    if (isScalar(node) && ['string', 'number', 'boolean'].includes(typeof node.value)) return String(node.value);
    throw this.wrong(`${path} must be a text`, node.range?.[0] ?? 0);
  }

  flag(node: Node | null | undefined, path: string): boolean {
    if (node === null || node === undefined) return false;
    if (isScalar(node) && typeof node.value === 'boolean') return node.value;
    throw this.wrong(`${path} must be true or false`, node.range?.[0] ?? 0);
  }
}
