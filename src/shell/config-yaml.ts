import {homedir} from 'node:os';
import {dirname, resolve} from 'node:path';
import {isAlias, isMap, isNode, isScalar, isSeq, parseDocument} from 'yaml';
import type {Document, Node} from 'yaml';
import type {DeadLetterHint} from '../model/dead-letter.ts';
import {Failure} from '../model/failure.ts';
import type {AuthSettings, Config, ContextSettings, TlsFiles} from './config.ts';
import {nearest} from './errors.ts';

/**
 * Reads a configuration and checks every key of it.
 * @throws {Failure} `config`, with the place and the line that is wrong
 */
export function parseConfig(text: string, file: string): Config {
  const document = parseDocument(text, {prettyErrors: false});
  const place = new Place(file, text, document);
  const [error] = document.errors;
  if (error) throw place.wrong(error.message, error.pos[0]);
  const top = place.fields(document.contents, 'the configuration', ['current', 'contexts']);
  const contexts = new Map<string, ContextSettings>();
  for (const [name, node] of place.entries(top.get('contexts'), 'contexts')) {
    contexts.set(name, readContext(place, node, name, dirname(file)));
  }
  return {file, current: place.text(top.get('current'), 'current') ?? null, contexts};
}

const contextKeys = ['url', 'protected', 'readonly', 'tls', 'auth', 'deadLetters', 'labels'];
const authKeys = [
  'username',
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
  readonly #document: Document;

  constructor(file: string, text: string, document: Document) {
    this.#file = file;
    this.#text = text;
    this.#document = document;
  }

  wrong(message: string, offset: number): Failure {
    const before = this.#text.slice(0, offset).split('\n');
    const [line, column] = [before.length, (before.at(-1) ?? '').length + 1];
    const shown = (this.#text.split('\n')[line - 1] ?? '').replace(/((?:password|token|secret)\s*:\s*)\S.*/i, '$1***');
    const margin = `${line} | `;
    return new Failure('config', `${this.#file}:${line}:${column}: ${message}`, {
      broker: `${margin}${shown}\n${' '.repeat(margin.length + column - 1)}^`,
      hints: ['Mend that line, then look: brokerctl context list'],
    });
  }

  entries(node: Node | null | undefined, path: string): [string, Node | null][] {
    if (node === null || node === undefined || (isScalar(node) && node.value === null)) return [];
    if (!isMap(node)) throw this.wrong(`${path} must hold names and values`, node.range?.[0] ?? 0);
    return node.items.map(pair => [isScalar(pair.key) ? String(pair.key.value) : '', this.#resolved(pair.value)]);
  }

  /** What an alias stands for, or the node itself. */
  #resolved(value: unknown): Node | null {
    if (isAlias(value)) return value.resolve(this.#document) ?? null;
    return isNode(value) ? value : null;
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
    return node.items.map(item => this.#resolved(item));
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
