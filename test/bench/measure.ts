import {spawn} from 'node:child_process';
import {existsSync, mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

/** One run of a whole process, as the operating system accounts for it. */
export interface Measurement {
  readonly wallMs: number;
  /** User and system time together. */
  readonly cpuMs: number;
  /** Largest resident size of one process of the command; `null` where there is no GNU time. */
  readonly rssMb: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const gnuTime = '/usr/bin/time';

/**
 * Runs a command once. bash's `time` gives milliseconds and GNU time the memory: asked of Node itself, a child's peak
 * would include that of the Node that made it.
 * @throws when the command fails
 */
export async function measure(command: readonly string[], env: NodeJS.ProcessEnv): Promise<Measurement> {
  const folder = mkdtempSync(join(tmpdir(), 'brokerctl-bench-'));
  const file = (name: string): string => join(folder, name);
  const memory = existsSync(gnuTime) ? [gnuTime, '-q', '-f', '%M', '-o', file('rss')] : [];
  const script = `TIMEFORMAT='%3R %3U %3S'; { time "$@" >'${file('out')}' 2>'${file('err')}'; } 2>'${file('times')}'`;
  try {
    const code = await new Promise<number | null>((done, fail) => {
      const child = spawn('bash', ['-c', script, 'bash', ...memory, ...command], {env, stdio: 'ignore'});
      child.once('error', fail);
      child.once('exit', done);
    });
    const text = (name: string): string => readFileSync(file(name), 'utf8');
    if (code !== 0) throw new Error(`${command.join(' ')} ended with ${code}: ${text('err').trim().slice(0, 2000)}`);
    const [wall = NaN, user = NaN, system = NaN] = text('times').trim().split(' ').map(Number);
    return {
      wallMs: wall * 1000,
      cpuMs: (user + system) * 1000,
      rssMb: memory.length > 0 ? Number(text('rss')) / 1024 : null,
      stdout: text('out'),
      stderr: text('err'),
    };
  } finally {
    rmSync(folder, {recursive: true, force: true});
  }
}
