import {exec} from 'node:child_process';
import {readFile, stat} from 'node:fs/promises';
import {promisify} from 'node:util';
import type {Address} from '../model/address.ts';
import {Failure} from '../model/failure.ts';
import type {ContextWarning} from '../model/report.ts';
import {Secret} from '../model/secret.ts';
import type {Credentials, TlsSettings} from '../model/target.ts';
import type {AuthSettings, TlsFiles} from './config.ts';
import {redactFromNowOn} from './redaction.ts';

type Warn = (warning: ContextWarning) => void;

/** The context's login, its secrets fetched from where they are kept; the URL's own where the context has none. @throws {Failure} `config` */
export async function fetchCredentials(
  auth: AuthSettings,
  address: Address,
  context: string,
  warn: Warn,
): Promise<Credentials> {
  const kept = await fetchSecret('password', auth, context, warn);
  const password = kept ?? address.password;
  const token = await fetchSecret('token', auth, context, warn);
  const username = auth.username ?? address.username;
  return {
    ...(username === null ? {} : {username}),
    ...(password === null ? {} : {password}),
    ...(token === null ? {} : {token}),
    ...(auth.credsFile === undefined ? {} : {credsFile: auth.credsFile}),
  };
}

async function fetchSecret(
  kind: 'password' | 'token',
  auth: AuthSettings,
  context: string,
  warn: Warn,
): Promise<Secret | null> {
  const file = auth[`${kind}File`];
  const variable = auth[`${kind}Env`];
  const command = auth[`${kind}Command`];
  if (file !== undefined) return redactFromNowOn(new Secret(firstLine(await readSecretFile(file, context, warn))));
  if (variable !== undefined) {
    const value = process.env[variable];
    if (value === undefined) {
      throw new Failure('config', `The environment has no ${variable}, where the ${kind} should be`, {
        context,
        hints: [`Set it: export ${variable}=…`],
      });
    }
    return redactFromNowOn(new Secret(value));
  }
  return command === undefined
    ? null
    : redactFromNowOn(new Secret(firstLine(await runForSecret(command, kind, context))));
}

function firstLine(text: string): string {
  return text.replace(/\r?\n[^]*$/, '');
}

async function readSecretFile(file: string, context: string, warn: Warn): Promise<string> {
  try {
    const {mode} = await stat(file);
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
      warn({code: 'fileMode', message: `${file} can be read by others; run: chmod 600 ${file}`, context});
    }
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new Failure('config', `Could not read the secret in ${file}`, {
      context,
      broker: error instanceof Error ? error.message : String(error),
      cause: error,
    });
  }
}

/** Runs a command of the configuration in the shell; its first line is the secret. Its stderr may hold one too, so it is not shown. */
async function runForSecret(command: string, kind: string, context: string): Promise<string> {
  try {
    const {stdout} = await promisify(exec)(command, {timeout: 30_000});
    return stdout;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw new Failure('config', `The ${kind}Command of the context failed`, {
      context,
      broker: `exit status ${code}`,
      hints: ['Run it by hand to see why.'],
    });
  }
}

/** The PEM texts of the files that the context names. @throws {Failure} `config` */
export async function readTls(files: TlsFiles, context: string): Promise<TlsSettings> {
  const read = async (file: string): Promise<string> => {
    try {
      return await readFile(file, 'utf8');
    } catch (error) {
      throw new Failure('config', `Could not read the PEM file ${file}`, {
        context,
        broker: error instanceof Error ? error.message : String(error),
        cause: error,
      });
    }
  };
  return {
    ...(files.ca === undefined ? {} : {ca: await read(files.ca)}),
    ...(files.cert === undefined ? {} : {cert: await read(files.cert)}),
    ...(files.key === undefined ? {} : {key: new Secret(await read(files.key))}),
    ...(files.serverName === undefined ? {} : {serverName: files.serverName}),
    ...(files.insecure ? {insecure: true} : {}),
  };
}
