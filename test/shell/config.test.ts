import {chmod, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {changeConfig, loadConfig} from '../../src/shell/config.ts';
import {putContext} from '../../src/shell/context-edit.ts';

let folder: string;
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'brokerctl-config-'))));
afterEach(() => rm(folder, {recursive: true}));

const plain = {force: false, use: false};

test('comments and order survive a change, and the file keeps its mode', async () => {
  const file = join(folder, 'config.yaml');
  await writeFile(file, '# ours\ncurrent: a # the safe one\ncontexts:\n  # test only\n  a: {url: file:x}\n');
  await chmod(file, 0o640);
  await changeConfig(file, (document, config) => void putContext(document, config, 'b', {url: 'file:y'}, plain));
  const text = await readFile(file, 'utf8');
  expect(text).toContain('# ours\ncurrent: a # the safe one\n');
  expect(text).toContain('# test only');
  expect([...(await loadConfig(file)).contexts.keys()]).toEqual(['a', 'b']);
  expect((await stat(file)).mode & 0o777).toBe(0o640);
  expect(await readdir(folder)).toEqual(['config.yaml']);
});

test('a new file is made with its folder, for its owner alone, and its first context is current', async () => {
  const file = join(folder, 'new', 'config.yaml');
  await changeConfig(file, (document, config) => void putContext(document, config, 'a', {url: 'file:x'}, plain));
  expect((await loadConfig(file)).current).toBe('a');
  expect((await stat(file)).mode & 0o777).toBe(0o600);
});

test('a link to the configuration stays a link', async () => {
  const [file, link] = [join(folder, 'real.yaml'), join(folder, 'link.yaml')];
  await writeFile(file, '');
  await symlink(file, link);
  await changeConfig(link, (document, config) => void putContext(document, config, 'a', {url: 'file:x'}, plain));
  expect(await readFile(file, 'utf8')).toContain('file:x');
  expect((await stat(link)).ino).toBe((await stat(file)).ino);
});

test('what could not be read again is not written', async () => {
  const file = join(folder, 'config.yaml');
  await writeFile(file, 'contexts:\n  a: {url: file:x}\n');
  await expect(changeConfig(file, document => document.set('wrong', 1))).rejects.toMatchObject({kind: 'config'});
  expect(await readFile(file, 'utf8')).toBe('contexts:\n  a: {url: file:x}\n');
});

test('a name that is taken is refused without --force', async () => {
  const file = join(folder, 'config.yaml');
  await writeFile(file, 'contexts:\n  a: {url: file:x}\n');
  await expect(
    changeConfig(file, (document, config) => void putContext(document, config, 'a', {url: 'file:y'}, plain)),
  ).rejects.toMatchObject({kind: 'usage'});
});

test('a configuration that was named must be there', async () => {
  await expect(loadConfig(join(folder, 'none.yaml'))).rejects.toMatchObject({kind: 'config'});
});
