import {spawn, type ChildProcessWithoutNullStreams} from 'node:child_process';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join, resolve} from 'node:path';

export const program = resolve(import.meta.dirname, '../../bin/run.cjs');

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The built program in a home of its own, so that no test sees another's contexts, nor the developer's. */
export class Home {
  readonly folder = mkdtempSync(join(tmpdir(), 'brokerctl-e2e-'));

  get config(): string {
    return join(this.folder, 'config', 'brokerctl', 'config.yaml');
  }

  /** Runs to the end. The environment is the machine's without our variables, and with those given. */
  run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ran> {
    return ended(this.start(args, env));
  }

  start(args: readonly string[], env: Readonly<Record<string, string>> = {}): ChildProcessWithoutNullStreams {
    const inherited = Object.entries(process.env).filter(([name]) => !/^(?:BROKERCTL_|XDG_|NO_COLOR|NODE_)/.test(name));
    const own = {
      HOME: this.folder,
      XDG_CONFIG_HOME: join(this.folder, 'config'),
      XDG_DATA_HOME: join(this.folder, 'data'),
      // Compiled code is shared by all homes: it holds nothing of a test.
      XDG_CACHE_HOME: join(tmpdir(), 'brokerctl-e2e-cache'),
    };
    return spawn(process.execPath, [program, ...args], {
      cwd: this.folder,
      env: {...Object.fromEntries(inherited), ...own, ...env},
    });
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, {recursive: true, force: true});
  }
}

/** What a started program wrote, once it has ended. */
export async function ended(child: ChildProcessWithoutNullStreams): Promise<Ran> {
  const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
  child.stdin.end();
  const code = await new Promise<number | null>((done, failed) => child.on('close', done).on('error', failed));
  return {code, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString()};
}
