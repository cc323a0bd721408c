#!/usr/bin/env node
'use strict';
// Starts the bundle with the code that V8 compiled in an earlier run, which halves the start. Without it everything works too.
const {readFileSync, mkdirSync, writeFileSync, renameSync, readdirSync, rmSync} = require('node:fs');
const {createRequire} = require('node:module');
const {join} = require('node:path');
const vm = require('node:vm');

const dist = join(__dirname, '..', 'dist');
const filename = join(dist, 'main.cjs');
const source = readFileSync(filename, 'latin1');
// V8 compares only the length of the source, so the name of the cache holds the hash that the build put in the first line.
const build = /^\/\/ (\w+)/.exec(source)?.[1] ?? 'unknown';
const home = process.env.XDG_CACHE_HOME || (process.env.HOME && join(process.env.HOME, '.cache'));
const folder = home && join(home, 'brokerctl');
const command = /^[a-z-]{1,24}$/.exec(process.argv[2] ?? '')?.[0] ?? 'none';
const cache = folder && join(folder, `${build}-${process.version}-${process.arch}-${command}.v8`);

/** The first line names the drivers that had been used, the rest is V8's. */
function readCache() {
  try {
    const bytes = readFileSync(cache);
    const end = bytes.indexOf(10);
    return {drivers: bytes.toString('latin1', 0, end).split(' '), code: bytes.subarray(end + 1)};
  } catch {
    return {drivers: [], code: undefined};
  }
}

const kept = cache ? readCache() : {drivers: [], code: undefined};
const script = new vm.Script(`(function (require, module, exports, __filename, __dirname) {${source}\n})`, {
  filename,
  cachedData: kept.code,
  importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
});
const module_ = {exports: {}};
if (cache) process.once('exit', saveCache);
script.runInThisContext()(createRequire(filename), module_, module_.exports, filename, dist);

// Taken after the run, it holds the functions that this and earlier runs needed and no others.
function saveCache() {
  const drivers = new Set([...kept.drivers, ...(module_.exports.usedDrivers ?? [])]);
  if (kept.code && !script.cachedDataRejected && drivers.size === kept.drivers.length) return;
  try {
    mkdirSync(folder, {recursive: true, mode: 0o700});
    for (const name of readdirSync(folder)) if (!name.startsWith(build)) rmSync(join(folder, name), {force: true});
    const bytes = Buffer.concat([Buffer.from(`${[...drivers].join(' ')}\n`), script.createCachedData()]);
    writeFileSync(`${cache}.${process.pid}`, bytes, {mode: 0o600});
    renameSync(`${cache}.${process.pid}`, cache);
  } catch {
    // A read-only home only costs the next start its speed.
  }
}
