import {
  chmodSync,
  existsSync,
  openSync,
  closeSync,
  readSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import {join} from 'node:path';
import {unpackDebian} from './apt-root.ts';
import {withLock} from './lock.ts';
import {downloads} from './paths.ts';

/** Server line → Debian suite that carries it. sid moves: what it holds is at least 4.3. */
const suites = {'3.10': 'bookworm', '4.0': 'trixie', '4.3': 'sid'} as const;
export type RabbitmqLine = keyof typeof suites;

/** Of the closure (76 packages on trixie), what the server loads. */
const wanted =
  /^(?:erlang-.*|rabbitmq-server|libc6|libstdc\+\+6|libgcc-s1|libssl3(?:t64)?|libtinfo6|zlib1g|libsystemd0|libzstd1|liblzma5|liblz4-1|libcap2|libgcrypt20|libgpg-error0|libsctp1|libmimalloc3)$/;

/** The folder in which a RabbitMQ server and its Erlang are unpacked, as `/` would be. Downloaded the first time. */
export async function rabbitmqPrefix(line: RabbitmqLine): Promise<string> {
  const prefix = join(downloads, `rabbitmq-${line}`);
  await withLock(`${prefix}.lock`, async () => {
    if (existsSync(prefix)) return;
    const fresh = `${prefix}.new`;
    rmSync(fresh, {recursive: true, force: true});
    await unpackDebian(suites[line], 'rabbitmq-server', wanted, `${prefix}.apt`, fresh);
    for (const folder of ['doc', 'man', 'locale'])
      rmSync(join(fresh, 'usr/share', folder), {recursive: true, force: true});
    relocate(fresh, prefix);
    renameSync(fresh, prefix);
  });
  return prefix;
}

function filesIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, {withFileTypes: true})
    .filter(entry => entry.isFile())
    .map(entry => join(folder, entry.name));
}

function startsWith(file: string, magic: string): boolean {
  const head = Buffer.alloc(magic.length);
  const handle = openSync(file, 'r');
  try {
    readSync(handle, head, 0, head.length, 0);
  } finally {
    closeSync(handle);
  }
  return head.toString('latin1') === magic;
}

/**
 * Makes an unpacked Erlang run from `home` with the C library that came with it, which may be newer than the machine's:
 * its scripts get their root, and each program is called through the unpacked dynamic linker. `--library-path` does not
 * reach child processes, so the machine's own `sh` and `ps`, which Erlang calls, keep their own libraries.
 * Loaded modules (*.so) need nothing. `--argv0` keeps escript's idea of its own name.
 */
function relocate(root: string, home: string): void {
  const erlang = join(root, 'usr/lib/erlang');
  const runtime = readdirSync(erlang).find(name => name.startsWith('erts-')) ?? 'erts';
  const libraries = join(erlang, 'lib');
  const files = [
    join(erlang, 'bin'),
    join(erlang, runtime, 'bin'),
    ...readdirSync(libraries).map(name => join(libraries, name, 'priv/bin')),
  ].flatMap(filesIn);

  const triplet = readdirSync(join(root, 'usr/lib')).find(name => name.endsWith('-linux-gnu')) ?? 'x86_64-linux-gnu';
  const libraryFolders = [join('usr/lib', triplet), join('lib', triplet)];
  const linker = ['lib64', 'usr/lib64', 'lib', 'usr/lib', ...libraryFolders]
    .flatMap(folder => filesIn(join(root, folder)))
    .find(file => /\/ld-linux[^/]*\.so\.\d$/.test(file));
  if (!linker) throw new Error(`no dynamic linker in ${root}`);
  const at = (path: string): string => home + path.slice(root.length);
  const path = libraryFolders.map(folder => join(home, folder)).join(':');

  for (const file of files) {
    if (startsWith(file, '#!')) {
      writeFileSync(file, readFileSync(file, 'utf8').replaceAll('ROOTDIR=/usr/lib/erlang', `ROOTDIR=${at(erlang)}`));
    } else if (startsWith(file, '\x7fELF')) {
      renameSync(file, `${file}.bin`);
      const call = `exec '${at(linker)}' --argv0 "$0" --library-path '${path}' '${at(file)}.bin' "$@"`;
      writeFileSync(file, `#!/bin/sh\n${call}\n`);
      chmodSync(file, 0o755);
    }
  }
}
