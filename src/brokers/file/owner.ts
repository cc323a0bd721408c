import {randomBytes} from 'node:crypto';
import {readFileSync} from 'node:fs';
import {hostname} from 'node:os';

/** Who holds a lock or a message: one open broker of one process of one machine. */
export interface Owner {
  readonly host: string;
  readonly pid: number;
  /** When the process began, in the kernel's own clock ticks, so that a later process with the same pid is not taken for it; `null` where the system does not tell. */
  readonly started: string | null;
  readonly token: string;
}

export function newOwner(): Owner {
  return {
    host: hostname(),
    pid: process.pid,
    started: processFacts(process.pid).started,
    token: randomBytes(8).toString('hex'),
  };
}

/** @throws {TypeError} */
export function parseOwner(json: unknown): Owner {
  if (typeof json !== 'object' || json === null) throw new TypeError('"owner" is not an object');
  const {host, pid, started = null, token} = {...json} as Readonly<Record<string, unknown>>;
  if (typeof host !== 'string' || typeof token !== 'string' || typeof pid !== 'number') {
    throw new TypeError('"owner" has no host, pid and token');
  }
  return {host, pid, started: typeof started === 'string' ? started : null, token};
}

/** Whether the owner is still there; `null` for one on another machine, whose processes cannot be asked. */
export function isAlive(owner: Owner): boolean | null {
  if (owner.host !== hostname()) return null;
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    // EPERM: it exists and belongs to somebody else.
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return false;
  }
  const {started, zombie} = processFacts(owner.pid);
  return !zombie && (owner.started === null || started === null || started === owner.started);
}

/** Fields 3 and 22 of /proc/PID/stat; the command's name before them may hold spaces and brackets, so count from its end. */
function processFacts(pid: number): {started: string | null; zombie: boolean} {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return {started: fields[19] ?? null, zombie: fields[0] === 'Z'};
  } catch {
    return {started: null, zombie: false};
  }
}
