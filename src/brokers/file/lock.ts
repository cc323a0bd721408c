import {link, open, readFile, rm, stat, writeFile} from 'node:fs/promises';
import {setTimeout as sleep} from 'node:timers/promises';
import {Failure} from '../../model/failure.ts';
import {stopIfAborted} from '../errors.ts';
import {cannotWrite, hasCode} from './json-file.ts';
import {isAlive, newOwner, parseOwner, type Owner} from './owner.ts';

/** A breaker of stale locks works for microseconds: one this old has died at it. */
const breakerMs = 10_000;

/**
 * Runs `work` while no other writer of the folder does. A lock whose process is gone is broken; one from another machine
 * never is, as its process cannot be asked.
 * @throws {Failure} `tryAgain` when it stays held for `timeoutMs`
 */
export async function withLock<T>(
  file: string,
  timeoutMs: number,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  const mine = newOwner();
  await acquire(file, mine, timeoutMs, signal);
  try {
    return await work();
  } finally {
    await rm(file, {force: true});
  }
}

/** Whether a live process holds the lock now: what looks torn may then be a write under way. */
export async function isHeld(file: string): Promise<boolean> {
  const owner = await holder(file);
  return owner !== null && isAlive(owner) !== false;
}

async function acquire(file: string, mine: Owner, timeoutMs: number, signal: AbortSignal): Promise<void> {
  const claim = `${file}.${mine.token}`;
  const until = Date.now() + timeoutMs;
  try {
    await writeFile(claim, JSON.stringify(mine), {flag: 'wx'}).catch((error: unknown) => {
      throw cannotWrite(file, error);
    });
    for (let waitMs = 1; ; waitMs = Math.min(waitMs * 2, 25)) {
      stopIfAborted(signal);
      // A link appears with its content, which a file opened with `wx` does not.
      if (await linked(claim, file)) return;
      const owner = await holder(file);
      if (owner && isAlive(owner) === false) await breakStale(file, owner);
      else if (Date.now() > until) throw stillHeld(file, owner);
      else await sleep(waitMs * (0.5 + Math.random()));
    }
  } finally {
    await rm(claim, {force: true});
  }
}

async function linked(claim: string, file: string): Promise<boolean> {
  try {
    await link(claim, file);
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw cannotWrite(file, error);
  }
}

async function holder(file: string): Promise<Owner | null> {
  try {
    return parseOwner(JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null;
    if (error instanceof SyntaxError || error instanceof TypeError) return null;
    throw error;
  }
}

/** Only one process at a time may break, and it looks again first: else the second would break the first one's new lock. */
async function breakStale(file: string, stale: Owner): Promise<void> {
  const breaker = `${file}.breaker`;
  try {
    await (await open(breaker, 'wx')).close();
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw cannotWrite(breaker, error);
    const age = await stat(breaker).then(
      ({mtimeMs}) => Date.now() - mtimeMs,
      () => 0,
    );
    if (age > breakerMs) await rm(breaker, {force: true});
    else await sleep(5);
    return;
  }
  try {
    if ((await holder(file))?.token === stale.token) await rm(file, {force: true});
  } finally {
    await rm(breaker, {force: true});
  }
}

function stillHeld(file: string, owner: Owner | null): Failure {
  return new Failure('tryAgain', 'Another process is writing to this folder', {
    broker: owner
      ? `${file} is held by process ${owner.pid} on ${owner.host}`
      : `${file} is held, and does not say by whom`,
    hints: ['Try again, or give it longer with --timeout.', `If that process is gone, delete ${file}.`],
  });
}
