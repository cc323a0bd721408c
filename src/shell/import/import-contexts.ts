import {mkdir, readdir, readFile, writeFile} from 'node:fs/promises';
import {homedir} from 'node:os';
import {dirname, join, resolve} from 'node:path';
import {systemOf} from '../../brokers/registry.ts';
import {parseAddress} from '../../model/address.ts';
import {Failure} from '../../model/failure.ts';
import type {View} from '../../output/view.ts';
import {changeConfig, configFile, loadConfig, type Config} from '../config.ts';
import {putContext} from '../context-edit.ts';
import {defined, type Found, type Source} from './found.ts';
import {kaf, kcl, rpk} from './kafka-sources.ts';
import {aws, nats, pulsarctl, rabbitmqadmin} from './other-sources.ts';

export const sources = {kcl, kaf, rpk, nats, pulsarctl, rabbitmqadmin, aws} as const satisfies Record<string, Source>;
export type Tool = keyof typeof sources;

/** What became of one broker of the other tool's configuration. */
export interface ImportRow {
  readonly name: string;
  readonly url: string;
  readonly outcome: 'added' | 'would add' | 'replaced' | 'would replace' | 'skipped';
  /** Why it was skipped, or what was not taken over. */
  readonly note: string | null;
}

export interface ImportOptions {
  readonly from: string | undefined;
  readonly prefix: string;
  readonly force: boolean;
  readonly dryRun: boolean;
  readonly config: string | undefined;
}

export const importView: View<ImportRow> = {
  command: 'context import',
  columns: [
    {key: 'name', heading: 'Context', value: row => row.name},
    {key: 'outcome', heading: 'Outcome', value: row => row.outcome},
    {key: 'url', heading: 'URL', value: row => row.url, priority: 1},
    {key: 'note', heading: 'Note', value: row => row.note, priority: 2},
  ],
};

/** Takes over the brokers of another tool's configuration. @throws {Failure} `config`, `notFound` */
export async function importContexts(tool: Tool, options: ImportOptions): Promise<ImportRow[]> {
  const found = await readSource(tool, options.from);
  const rows: ImportRow[] = [];
  const plan = (config: Config): Found[] =>
    found.flatMap(one => {
      const name = `${options.prefix}${one.name.replace(/[^\w.@-]/g, '-').replace(/^[^A-Za-z0-9]+/, '')}`;
      const exists = config.contexts.has(name);
      const skipped = whyNot(one, exists && !options.force);
      const done = exists ? ('replaced' as const) : ('added' as const);
      const would = exists ? ('would replace' as const) : ('would add' as const);
      const note = skipped ?? one.note ?? null;
      rows.push({name, url: shown(one.url), outcome: skipped ? 'skipped' : options.dryRun ? would : done, note});
      return skipped ? [] : [{...one, name}];
    });
  const wanted = plan(await loadConfig(options.config));
  if (options.dryRun || wanted.length === 0) return rows;
  const folder = join(dirname(configFile(options.config)), 'secrets');
  const records = await Promise.all(wanted.map(async one => [one, await record(one, folder)] as const));
  await changeConfig(options.config, (document, config) => {
    for (const [one, fields] of records) {
      const use = config.current === null && one.current;
      putContext(document, config, one.name, fields, {force: true, use});
    }
  });
  return rows;
}

function whyNot(found: Found, exists: boolean): string | null {
  try {
    systemOf(parseAddress(found.url).scheme);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return `brokerctl cannot open it: ${error.message}`;
  }
  return exists ? 'a context of that name exists; --force replaces it' : null;
}

function shown(url: string): string {
  try {
    return parseAddress(url).shown;
  } catch {
    return '(not a URL)';
  }
}

/** The context's YAML. A secret goes to a file of its own, which only its owner can read. */
async function record(found: Found, folder: string): Promise<Record<string, unknown>> {
  const keep = async (kind: 'password' | 'token'): Promise<string | undefined> => {
    const secret = found[kind];
    if (secret === undefined) return undefined;
    const file = join(folder, `${found.name}.${kind}`);
    await mkdir(folder, {recursive: true, mode: 0o700});
    await writeFile(file, `${secret}\n`, {mode: 0o600});
    return file;
  };
  const auth = defined({
    username: found.username,
    passwordFile: await keep('password'),
    tokenFile: (await keep('token')) ?? found.tokenFile,
    credsFile: found.credsFile,
  });
  const tls = found.tls && Object.keys(found.tls).length > 0 ? found.tls : undefined;
  return defined({url: found.url, tls, auth: Object.keys(auth).length > 0 ? auth : undefined});
}

async function readSource(tool: Tool, from: string | undefined): Promise<readonly Found[]> {
  const {places, read} = sources[tool];
  const tried = from === undefined ? places().map(place => place.replace(/^~(?=\/)/, homedir())) : [resolve(from)];
  for (const place of tried) {
    const files = await filesAt(place);
    const texts = await Promise.all(files.map(async file => [file, await readFile(file, 'utf8')] as const));
    const found = await Promise.all(texts.map(([file, text]) => readOne(tool, read, text, file)));
    if (files.length > 0) return found.flat();
  }
  throw new Failure('notFound', `${tool} has no configuration here`, {
    broker: `looked at ${tried.join(', ')}`,
    hints: ['Name its file with --from.'],
  });
}

async function readOne(tool: Tool, read: Source['read'], text: string, file: string): Promise<readonly Found[]> {
  try {
    return await read(text, file);
  } catch (error) {
    if (error instanceof Failure) throw error;
    // A parser's message repeats the text around the place, which may be a secret.
    throw new Failure('config', `${file} is not a configuration of ${tool}`, {cause: error});
  }
}

async function filesAt(place: string): Promise<string[]> {
  try {
    const names = await readdir(place);
    return names.filter(name => name.endsWith('.json')).map(name => join(place, name));
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    return error.code === 'ENOTDIR' ? [place] : [];
  }
}
