import {randomBytes} from 'node:crypto';
import {mkdir, open, readFile, rename, rm} from 'node:fs/promises';
import {dirname} from 'node:path';
import {Failure} from '../../model/failure.ts';

/** True of a file-system error with this code, such as `ENOENT`. */
export function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}

/** What is wrong with a file, by name and line. */
export function badFile(file: string, line: number | null, what: string, cause?: unknown): Failure {
  return new Failure('data', `${file}${line === null ? '' : `:${line}`} cannot be read`, {
    broker: what,
    hints: ['Nothing was changed. Mend the file by hand, or put back a copy of it.'],
    cause,
  });
}

/** The disk's refusal to write. */
export function cannotWrite(path: string, error: unknown): Failure {
  const said = error instanceof Error ? error.message : String(error);
  return new Failure(hasCode(error, 'EACCES', 'EPERM', 'EROFS') ? 'denied' : 'cannotWrite', `Could not write ${path}`, {
    broker: said,
    hints: ['Check the free space and the rights of the folder.'],
    cause: error,
  });
}

/**
 * Reads one JSON object; `null` when there is no such file. `read` takes the fields out and throws a TypeError to say
 * what is wrong with one.
 * @throws {Failure} `data`
 */
export async function readJson<T>(
  file: string,
  read: (fields: Readonly<Record<string, unknown>>) => T,
): Promise<T | null> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) return null;
    if (hasCode(error, 'EACCES', 'EPERM')) throw new Failure('denied', `Could not read ${file}`, {cause: error});
    throw error;
  }
  try {
    const json: unknown = JSON.parse(text);
    if (typeof json !== 'object' || json === null || Array.isArray(json))
      throw new TypeError('it is not a JSON object');
    return read({...json});
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof TypeError)) throw error;
    const at = /position (\d+)/.exec(error.message)?.[1];
    const line = at === undefined ? null : text.slice(0, Number(at)).split('\n').length;
    throw badFile(file, line, error.message, error);
  }
}

/**
 * Writes a JSON file so that a crash leaves the old one or the new one, whole: temporary file, fsync, rename, fsync of the
 * folder. @throws {Failure} `cannotWrite`, `denied`
 */
export async function writeJson(file: string, json: unknown, {sync = true} = {}): Promise<void> {
  const temporary = `${file}.${randomBytes(4).toString('hex')}.tmp`;
  try {
    const handle = await open(temporary, 'wx');
    try {
      await handle.writeFile(`${JSON.stringify(json, null, 2)}\n`);
      if (sync) await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
    if (sync) await syncFolder(dirname(file));
  } catch (error) {
    await rm(temporary, {force: true});
    throw cannotWrite(file, error);
  }
}

/** Makes a rename or a new name in the folder survive a power cut. Windows cannot open a folder and keeps names by itself. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** @throws {Failure} `cannotWrite`, `denied` */
export async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, {recursive: true});
  } catch (error) {
    throw cannotWrite(folder, error);
  }
}

/** A field that must be text. */
export function text(fields: Readonly<Record<string, unknown>>, name: string): string {
  const value = fields[name];
  if (typeof value !== 'string') throw new TypeError(`"${name}" is not text`);
  return value;
}

/** A field that may be absent or `null`, else text. */
export function optionalText(fields: Readonly<Record<string, unknown>>, name: string): string | null {
  return fields[name] === undefined || fields[name] === null ? null : text(fields, name);
}

/** A field that may be absent or `null`, else a whole number from 0. */
export function optionalCount(fields: Readonly<Record<string, unknown>>, name: string): number | null {
  const value = fields[name];
  if (value === undefined || value === null) return null;
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) {
    throw new TypeError(`"${name}" is not a whole number from 0`);
  }
  return value;
}

/** A field that may be absent, else an object. */
export function optionalObject(
  fields: Readonly<Record<string, unknown>>,
  name: string,
): Readonly<Record<string, unknown>> {
  const value = fields[name] ?? {};
  if (typeof value !== 'object' || Array.isArray(value)) throw new TypeError(`"${name}" is not an object`);
  return {...value};
}

/** A field that may be absent, else a list. */
export function optionalList(fields: Readonly<Record<string, unknown>>, name: string): readonly unknown[] {
  const value = fields[name] ?? [];
  if (!Array.isArray(value)) throw new TypeError(`"${name}" is not a list`);
  return value as unknown[];
}
