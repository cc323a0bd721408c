import {createHash} from 'node:crypto';
import {mkdir, readdir, readFile, rm, writeFile} from 'node:fs/promises';
import {dirname, join, relative} from 'node:path';
import {argv} from 'node:process';
import {fileURLToPath} from 'node:url';
import {Config} from '@oclif/core';
import * as esbuild from 'esbuild';

/*
 * Makes dist/main.cjs: one file with brokerctl and its JavaScript dependencies, whose commands and drivers are evaluated
 * only when they are used. bin/run.cjs starts it. Packages with machine code or WebAssembly stay outside.
 */
const root = dirname(fileURLToPath(import.meta.url));
const dist = join(root, 'dist');
const outside = ['lz4-napi', '@bokuweb/zstd-wasm'];

const settings = {
  absWorkingDir: root,
  platform: 'node',
  target: 'node20.19',
  bundle: true,
  logLevel: 'warning',
};

export async function build() {
  const pjson = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  const files = (await readdir(join(root, 'src/commands'), {recursive: true}))
    .filter(name => name.endsWith('.ts'))
    .sort();
  const ids = files.map(name => name.replace(/\.ts$/, '').replaceAll('\\', '/').replaceAll('/', ':'));
  const shown = {name: pjson.name, version: pjson.version, description: pjson.description, oclif: pjson.oclif};
  const commands = await describe(files, shown);
  const loaders = ids.map((id, index) => `${JSON.stringify(id)}: () => import('./src/commands/${files[index]}')`);
  const entry = `
    import {main} from './src/shell/main.ts';
    export {usedDrivers} from './src/shell/used-drivers.ts';
    void main({
      root: __dirname,
      package: ${JSON.stringify(shown)},
      commands: ${JSON.stringify(commands)},
      load: {${loaders.join(',\n')}},
      topics: ${JSON.stringify(Object.entries(pjson.oclif.topics ?? {}).map(([name, topic]) => ({name, ...topic})))},
    }, process.argv.slice(2));`;
  const {outputFiles, metafile} = await esbuild.build({
    ...settings,
    stdin: {contents: entry, resolveDir: root, sourcefile: 'entry.js'},
    format: 'cjs',
    external: [...outside, 'typescript'],
    outfile: join(dist, 'main.cjs'),
    write: false,
    metafile: true,
    legalComments: 'none',
    minifyWhitespace: true,
    minifySyntax: true,
  });
  // Regular expressions keep their characters through esbuild; in plain ASCII the file is read without decoding.
  const code = outputFiles[0].text.replace(
    /[^\0-\x7f]/g,
    char => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  await mkdir(dist, {recursive: true});
  await writeFile(
    join(dist, 'main.cjs'),
    `// ${createHash('sha256').update(code).digest('hex').slice(0, 16)}\n${code}`,
  );
  await writeFile(join(dist, 'licenses.txt'), await licences(Object.keys(metafile.inputs)));
}

/** What oclif would put into its manifest: it needs each command loaded once, which is done here and not at every start. */
async function describe(files, pjson) {
  const folder = join(dist, 'commands');
  try {
    await esbuild.build({
      ...settings,
      entryPoints: files.map(name => join('src/commands', name)),
      outbase: 'src/commands',
      outdir: folder,
      format: 'esm',
      splitting: true,
      chunkNames: '../chunks/[hash]',
      packages: 'external',
    });
    const config = await Config.load({
      root,
      pjson: {...pjson, type: 'module', oclif: {...pjson.oclif, commands: relative(root, folder)}},
      ignoreManifest: true,
    });
    return Object.fromEntries(config.commands.map(({load: _, id, ...facts}) => [id, facts]));
  } finally {
    await rm(folder, {recursive: true, force: true});
    await rm(join(dist, 'chunks'), {recursive: true, force: true});
  }
}

/** The licence texts of the packages that are inside the bundle. */
async function licences(inputs) {
  const packages = new Set(
    inputs.map(name => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(name)?.[0]).filter(Boolean),
  );
  const texts = [...packages].sort().map(async folder => {
    const {name, version, license} = JSON.parse(await readFile(join(root, folder, 'package.json'), 'utf8'));
    const file = (await readdir(join(root, folder))).find(entry => /^licen[cs]e/i.test(entry));
    const text = file === undefined ? '' : await readFile(join(root, folder, file), 'utf8');
    return `${name} ${version} (${license})\n\n${text.trim()}\n`;
  });
  return (await Promise.all(texts)).join(`\n${'-'.repeat(80)}\n\n`);
}

if (argv[1] === fileURLToPath(import.meta.url)) await build();
