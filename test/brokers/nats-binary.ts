import {existsSync, mkdirSync, renameSync, rmSync} from 'node:fs';
import {join} from 'node:path';
import {unpackDebian} from './apt-root.ts';
import {withLock} from './lock.ts';
import {downloads} from './paths.ts';
import {runCommand} from './run-command.ts';

const version = '2.15.2';

/**
 * A nats-server program, had the first time: built from its source where there is Go, else Debian's package, which is
 * older (no batch direct get).
 */
export async function natsServer(): Promise<string> {
  const folder = join(downloads, `nats-server-${version}`);
  await withLock(`${folder}.lock`, async () => {
    if (existsSync(folder)) return;
    const fresh = `${folder}.new`;
    rmSync(fresh, {recursive: true, force: true});
    mkdirSync(fresh, {recursive: true});
    if (await hasGo()) {
      await runCommand('go', ['install', `github.com/nats-io/nats-server/v2@v${version}`], {
        env: {...process.env, GOBIN: fresh},
      });
    } else {
      const unpacked = `${folder}.deb`;
      await unpackDebian('bookworm', 'nats-server', /^nats-server$/, `${folder}.apt`, unpacked);
      renameSync(join(unpacked, 'usr/sbin/nats-server'), join(fresh, 'nats-server'));
      rmSync(unpacked, {recursive: true, force: true});
    }
    renameSync(fresh, folder);
  });
  return join(folder, 'nats-server');
}

async function hasGo(): Promise<boolean> {
  try {
    await runCommand('go', ['version'], {timeoutMs: 30_000});
    return true;
  } catch {
    return false;
  }
}
