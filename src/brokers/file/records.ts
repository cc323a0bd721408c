import {join} from 'node:path';
import {Failure} from '../../model/failure.ts';
import type {NameFilter} from '../../model/name-filter.ts';
import {badFile, readJson} from './json-file.ts';
import {folderName, namesIn} from './layout.ts';

/** A record, or why the one of that name cannot be read. */
export type Listed<T> =
  {readonly name: string; readonly record: T} | {readonly name: string; readonly failure: Failure};

/**
 * Reads the records of a folder that holds one folder a name, in the order of the names that the filter takes. One that is
 * damaged is listed as such, so that it is not missing from what the user sees.
 * @param file the record's name in its folder
 */
export async function listRecords<T extends {readonly name: string}>(
  folder: string,
  file: string,
  names: NameFilter,
  parse: (fields: Readonly<Record<string, unknown>>) => T,
): Promise<Listed<T>[]> {
  const folders = names.exact ? [...new Set(names.exact.map(folderName))] : await namesIn(folder);
  const listed: Listed<T>[] = [];
  for (const own of folders) {
    const item = await readListed(own, join(folder, own, file), parse);
    if (item && names.matches(item.name)) listed.push(item);
  }
  return listed.sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function readListed<T extends {readonly name: string}>(
  own: string,
  file: string,
  parse: (fields: Readonly<Record<string, unknown>>) => T,
): Promise<Listed<T> | null> {
  try {
    const record = await readJson(file, parse);
    if (record && folderName(record.name) !== own) {
      throw badFile(file, null, `"${record.name}" belongs in the folder ${folderName(record.name)}`);
    }
    return record && {name: record.name, record};
  } catch (error) {
    if (error instanceof Failure) return {name: nameOf(own), failure: error};
    throw error;
  }
}

/** The name that a folder's name stands for; one that was cut short is left as it is. */
function nameOf(own: string): string {
  try {
    return decodeURIComponent(own);
  } catch {
    return own;
  }
}

/** The records that can be read. */
export function readable<T>(listed: readonly Listed<T>[]): T[] {
  return listed.flatMap(item => ('record' in item ? [item.record] : []));
}
