import {mkdir, readFile, realpath, rename, rm, stat, writeFile} from 'node:fs/promises';
import {homedir} from 'node:os';
import {dirname, join, resolve} from 'node:path';
import {parseDocument} from 'yaml';
import type {Document} from 'yaml';
import type {DeadLetterHint} from '../model/dead-letter.ts';
import {Failure} from '../model/failure.ts';
import {parseConfig} from './config-yaml.ts';

/** Where a context's secrets are; they are fetched only when it is opened. */
export interface AuthSettings {
  readonly username?: string;
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
  return join(configHome(), 'brokerctl', 'config.yaml');
}

/** Where programs keep their configuration. */
export function configHome(): string {
  return process.env['XDG_CONFIG_HOME'] || join(homedir(), '.config');
}

/** Reads the configuration; a file that is not there is an empty one unless it was named. @throws {Failure} `config` */
export async function loadConfig(flag: string | undefined): Promise<Config> {
  const file = configFile(flag);
  const text = await readText(file, flag !== undefined);
  return text === null ? {file, current: null, contexts: new Map()} : parseConfig(text, file);
}

/**
 * Changes the configuration and writes it back whole or not at all, its comments and order kept. What cannot be read
 * afterwards is not written.
 * @throws {Failure} `config`, `cannotWrite`
 */
export async function changeConfig(
  flag: string | undefined,
  change: (document: Document, config: Config) => void,
): Promise<string> {
  const file = await realpath(configFile(flag)).catch(() => configFile(flag));
  const text = (await readText(file, false)) ?? '';
  const config = parseConfig(text, file);
  const document = parseDocument(text);
  change(document, config);
  const changed = document.toString({lineWidth: 0});
  parseConfig(changed, file);
  const draft = `${file}.${process.pid}`;
  try {
    await mkdir(dirname(file), {recursive: true, mode: 0o700});
    const mode = await stat(file).then(
      found => found.mode & 0o777,
      () => 0o600,
    );
    await writeFile(draft, changed, {mode, flush: true});
    await rename(draft, file);
  } catch (error) {
    await rm(draft, {force: true});
    throw new Failure('cannotWrite', `Could not write the configuration ${file}`, {
      broker: messageOf(error),
      cause: error,
    });
  }
  return file;
}

async function readText(file: string, required: boolean): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (!required && error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw new Failure('config', `Could not read the configuration ${file}`, {
      broker: messageOf(error),
      hints: ['Name another file with --config or BROKERCTL_CONFIG.'],
      cause: error,
    });
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
