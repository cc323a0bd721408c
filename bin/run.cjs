#!/usr/bin/env node
'use strict';
// Starts the bundle with V8's compiled code of an earlier run, which halves the start. Without it everything works too.
const {readFileSync, mkdirSync, writeFileSync, renameSync, readdirSync, rmSync} = require('node:fs');
const {createRequire} = require('node:module');
const {join} = require('node:path');
const vm = require('node:vm');

const filename = join(__dirname, '..', 'dist', 'main.cjs');
const source = readFileSync(filename, 'utf8');
// V8 compares only the length of the source, so the name of the cache holds the hash that the build put in the first line.
const build = /^\/\/ (\w+)/.exec(source)?.[1] ?? 'unknown';
const home = process.env.XDG_CACHE_HOME || (process.env.HOME && join(process.env.HOME, '.cache'));
const folder = home && join(home, 'brokerctl');
const command = /^[a-z-]{1,24}$/.exec(process.argv[2] ?? '')?.[0] ?? 'none';
const cache = folder && join(folder, `${build}-${process.version}-${process.arch}-${command}.v8`);

let cachedData;
try {
  cachedData = cache && readFileSync(cache);
} catch {
  // The first run of this command.
}
const script = new vm.Script(`(function (require, __filename, __dirname) {${source}\n})`, {
  filename,
  cachedData,
  importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
});
if (cache && (!cachedData || script.cachedDataRejected)) process.once('exit', saveCache);
script.runInThisContext()(createRequire(filename), filename, join(__dirname, '..', 'dist'));

// Taken after the run, it holds the functions that the run needed and no others.
function saveCache() {
  try {
    mkdirSync(folder, {recursive: true, mode: 0o700});
    for (const name of readdirSync(folder)) if (!name.startsWith(build)) rmSync(join(folder, name), {force: true});
    writeFileSync(`${cache}.${process.pid}`, script.createCachedData(), {mode: 0o600});
    renameSync(`${cache}.${process.pid}`, cache);
  } catch {
    // A read-only home only costs the next start its speed.
  }
}
