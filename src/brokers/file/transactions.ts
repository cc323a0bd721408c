import {randomBytes} from 'node:crypto';
import {rename, rm} from 'node:fs/promises';
import {dirname, join, relative} from 'node:path';
import {hasCode, makeFolder, optionalList, optionalText, readJson, syncFolder, text, writeJson} from './json-file.ts';
import {layout, namesIn} from './layout.ts';
import {append, segmentFile} from './segment.ts';

/*
 * A commit writes each partition's messages into a segment of their own under transactions/ID, then `commit.json`, which
 * decides it, then moves the segments to their places and writes the ledger. A commit that died before `commit.json` never
 * was; one that died after it is finished by the next writer. A segment appears whole, by one rename, so a reader sees all
 * of a partition's messages or none.
 */

export interface LedgerEntry {
  readonly key: string;
  readonly entry: string;
}

/** New messages of one partition: encoded lines that begin at position `base`. */
export interface Addition {
  readonly folder: string;
  readonly base: number;
  readonly lines: string;
}

/** Makes the additions and the ledger entry visible, all or none. The write lock is held. @throws {Failure} `cannotWrite`, `denied` */
export async function commit(path: string, additions: readonly Addition[], ledger: LedgerEntry | null): Promise<void> {
  const folder = join(layout.transactions(path), randomBytes(8).toString('hex'));
  await makeFolder(folder);
  const segments: {from: string; to: string}[] = [];
  for (const [index, {folder: partition, base, lines}] of additions.entries()) {
    const from = join(folder, `${index}.ndjson`);
    await append(from, lines);
    segments.push({from: relative(path, from), to: relative(path, segmentFile(partition, base))});
  }
  await writeJson(join(folder, 'commit.json'), {segments, ledger});
  await finish(path, folder);
}

/** Finishes commits that were decided and drops the others. The write lock is held, so none is under way. */
export async function finishCommits(path: string): Promise<void> {
  for (const name of await namesIn(layout.transactions(path)))
    await finish(path, join(layout.transactions(path), name));
}

async function finish(path: string, folder: string): Promise<void> {
  const file = join(folder, 'commit.json');
  const decided = await readJson(file, parseCommit);
  for (const {from, to} of decided?.segments ?? []) {
    try {
      await rename(join(path, from), join(path, to));
      await syncFolder(dirname(join(path, to)));
    } catch (error) {
      // It was moved before the writer died.
      if (!hasCode(error, 'ENOENT')) throw error;
    }
  }
  if (decided?.ledger) {
    await makeFolder(dirname(layout.ledger(path, decided.ledger.key)));
    await writeJson(layout.ledger(path, decided.ledger.key), decided.ledger);
  }
  await rm(file, {force: true});
  await rm(folder, {recursive: true, force: true});
}

/** The newest committed entry; `null` when there is none. @throws {Failure} `data` */
export async function readLedger(path: string, key: string): Promise<string | null> {
  return readJson(layout.ledger(path, key), fields => text(fields, 'entry'));
}

function parseCommit(fields: Readonly<Record<string, unknown>>): {
  segments: {from: string; to: string}[];
  ledger: LedgerEntry | null;
} {
  const segments = optionalList(fields, 'segments').map(json => {
    const segment = {...(json as object)} as Readonly<Record<string, unknown>>;
    return {from: text(segment, 'from'), to: text(segment, 'to')};
  });
  const ledger = fields.ledger === null ? null : ({...(fields.ledger as object)} as Readonly<Record<string, unknown>>);
  const key = ledger && optionalText(ledger, 'key');
  return {segments, ledger: ledger && key !== null ? {key, entry: text(ledger, 'entry')} : null};
}
