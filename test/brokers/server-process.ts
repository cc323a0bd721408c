import {spawn} from 'node:child_process';
import {closeSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync} from 'node:fs';
import {dirname} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {addProcess} from './state.ts';

/** A server that outlives the process that started it. */
export interface ServerProcess {
  /** Name of the broker it is part of. */
  readonly broker: string;
  readonly pid: number;
  /** The kernel's start time of the process: a recycled pid has another. */
  readonly started: string;
  readonly log: string;
}

/** Fields of /proc/PID/stat after the program's name, from the third (state) on; `null` when there is no such process. */
function statOf(pid: number): readonly string[] | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return null;
  }
}

/** A killed JVM stays for a second or so as a zombie with live threads, and holds its ports until they end. */
export function isAlive(process: ServerProcess): boolean {
  const stat = statOf(process.pid);
  if (stat?.[19] !== process.started) return false;
  if (stat[0] !== 'Z' && stat[0] !== 'X') return true;
  try {
    return readdirSync(`/proc/${process.pid}/task`).length > 1;
  } catch {
    return false;
  }
}

let closing = false;

/** From now on nothing is started: what is being stopped does not grow behind the back of who stops it. */
export function startNoMore(): void {
  closing = true;
}

/** Starts a program in a session of its own, so that Ctrl-C in a terminal does not reach it, and notes it in the state. */
export function startProcess(
  broker: string,
  program: string,
  args: readonly string[],
  options: {readonly cwd: string; readonly env?: NodeJS.ProcessEnv; readonly log: string},
): ServerProcess {
  if (closing) throw new Error(`${broker} is not started: everything is being stopped`);
  mkdirSync(dirname(options.log), {recursive: true});
  const log = openSync(options.log, 'a');
  try {
    const child = spawn(program, args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      stdio: ['ignore', log, log],
      detached: true,
    });
    child.on('error', () => undefined);
    child.unref();
    if (child.pid === undefined) throw new Error(`cannot start ${program}`);
    const entry = {broker, pid: child.pid, started: statOf(child.pid)?.[19] ?? '', log: options.log};
    addProcess(entry);
    return entry;
  } finally {
    closeSync(log);
  }
}

/** Kills at once (the data of a test server is thrown away) and waits until the process and its threads are gone. */
export async function killProcess(target: ServerProcess): Promise<void> {
  for (let waited = 0; isAlive(target); waited += 50) {
    if (waited % 5000 === 0) {
      try {
        process.kill(target.pid, 'SIGKILL');
      } catch {
        // It ended by itself between the look and the signal.
      }
    }
    if (waited > 30_000) throw new Error(`process ${target.pid} (${target.broker}) does not end`);
    await sleep(50);
  }
}

/** The end of a server's log, for a message that says why it did not start. */
export function logTail(path: string, lines = 30): string {
  if (!existsSync(path)) return `(${path} does not exist)`;
  return readFileSync(path, 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
}

/** Polls until `ready` answers true. @throws when a process dies or the time is over, with the end of its log */
export async function untilReady(
  processes: readonly ServerProcess[],
  ready: () => Promise<boolean>,
  limitMs = 180_000,
): Promise<void> {
  const end = Date.now() + limitMs;
  for (;;) {
    if (await ready()) return;
    const dead = processes.find(process => !isAlive(process));
    if (dead) throw new Error(`${dead.broker} died while starting; the end of ${dead.log}:\n${logTail(dead.log)}`);
    const [first] = processes;
    if (Date.now() > end && first)
      throw new Error(
        `${first.broker} is not up after ${limitMs / 1000} s; the end of ${first.log}:\n${logTail(first.log)}`,
      );
    await sleep(100);
  }
}
