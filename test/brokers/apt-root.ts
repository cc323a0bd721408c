import {existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {runCommand} from './run-command.ts';

const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';

/** The Debian repository that this machine is configured for; other suites are under the same address. */
function debianRepository(): string {
  const folder = '/etc/apt/sources.list.d';
  const files = ['/etc/apt/sources.list', ...(existsSync(folder) ? readdirSync(folder) : []).map(f => join(folder, f))];
  const texts = files.filter(file => /\.(?:list|sources)$/.test(file) && existsSync(file));
  for (const text of texts.map(file => readFileSync(file, 'utf8'))) {
    const uris = [...text.matchAll(/^(?:URIs:\s*|deb\s+(?:\[[^\]]*\]\s+)?)(\S+)/gm)].map(match => match[1] ?? '');
    const found = uris.find(uri => /\/debian\/?$/.test(uri));
    if (found) return found.replace(/\/$/, '');
  }
  throw new Error('no Debian repository in the apt configuration; use compose.yaml with Docker instead');
}

/**
 * Unpacks packages of any Debian suite into `prefix`, with all they need that `wanted` lets through, and leaves the
 * machine's own packages alone: apt works on lists, cache and status of its own (an empty one, so that it names the
 * whole closure), checks signatures as always, and no maintainer script runs.
 */
export async function unpackDebian(
  suite: string,
  packageName: string,
  wanted: RegExp,
  work: string,
  prefix: string,
): Promise<void> {
  rmSync(work, {recursive: true, force: true});
  for (const folder of ['lists/partial', 'archives/partial', 'debs']) mkdirSync(join(work, folder), {recursive: true});
  writeFileSync(join(work, 'status'), '');
  writeFileSync(join(work, 'sources.list'), `deb [signed-by=${keyring}] ${debianRepository()} ${suite} main\n`);
  const options = [
    `Dir::Etc::sourcelist=${join(work, 'sources.list')}`,
    'Dir::Etc::sourceparts=-',
    `Dir::State::lists=${join(work, 'lists')}`,
    `Dir::State::status=${join(work, 'status')}`,
    `Dir::Cache=${work}`,
    'APT::Sandbox::User=root',
    'Acquire::Languages=none',
    'Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false',
    'Acquire::Retries=3',
    'Acquire::http::Timeout=30',
  ].flatMap(option => ['-o', option]);
  const apt = (...args: string[]): Promise<string> =>
    runCommand('apt-get', [...options, '-qq', ...args], {cwd: join(work, 'debs')});

  await apt('update');
  const closure = await apt('install', '-y', '--no-install-recommends', '--print-uris', packageName);
  const names = [...closure.matchAll(/^'[^']*\/([^/_']+)_/gm)].map(match => match[1] ?? '');
  await apt('download', ...new Set(names.filter(name => wanted.test(name))));
  mkdirSync(prefix, {recursive: true});
  for (const deb of readdirSync(join(work, 'debs'))) await runCommand('dpkg', ['-x', join(work, 'debs', deb), prefix]);
  rmSync(work, {recursive: true, force: true});
}
