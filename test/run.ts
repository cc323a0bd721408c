import {spawn} from 'node:child_process';
import type {ChildProcess} from 'node:child_process';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {brokerNames, optional, startBroker, stopBroker} from './brokers/brokers.ts';
import type {BrokerName} from './brokers/brokers.ts';
import {repository} from './brokers/paths.ts';
import {startNoMore} from './brokers/server-process.ts';
import {sum, totalsOf} from './totals.ts';
import type {Totals} from './totals.ts';

/*
 * npm test: builds, starts the real brokers while the tests that need none run, then runs the others against them.
 * Brokers that were up before are used and left; those started here are stopped, also after a failure or Ctrl-C.
 * The last line on stdout is `N passed, N failed`.
 */

const runLimitMs = 20 * 60_000;

// What a user's shell says about contexts is not for the tests. With CI set, vitest writes no new snapshots.
const {BROKERCTL_CONTEXT: _context, BROKERCTL_URL: _url, BROKERCTL_CONFIG: _config, ...inherited} = process.env;
const env = {...inherited, CI: 'true'};

const folder = mkdtempSync(join(tmpdir(), 'brokerctl-test-'));
const startedHere = new Set<BrokerName>();
let child: ChildProcess | null = null;

/** Runs a program of ours with its output shown. @returns its exit code; `null` when a signal ended it */
function run(program: string, args: readonly string[]): Promise<number | null> {
  return new Promise((done, fail) => {
    child = spawn(program, args, {
      cwd: repository,
      env,
      stdio: ['ignore', 'inherit', 'inherit'],
      timeout: runLimitMs,
      killSignal: 'SIGKILL',
    });
    child.once('error', fail);
    child.once('exit', code => done(code));
  });
}

async function vitest(projects: readonly string[], ...options: string[]): Promise<Totals> {
  const report = join(folder, `${projects.join('-')}.json`);
  const chosen = projects.flatMap(project => ['--project', project]);
  const reporters = ['--reporter', 'default', '--reporter', 'json', `--outputFile.json=${report}`];
  const program = join(repository, 'node_modules/vitest/vitest.mjs');
  return totalsOf(
    report,
    await run(process.execPath, [program, 'run', ...chosen, ...reporters, '--allowOnly=false', ...options]),
  );
}

/** Starts a broker and says how that went: one failure when it is required and cannot start. */
async function bring(name: BrokerName): Promise<Totals> {
  const begin = Date.now();
  try {
    startedHere.add(name);
    const {started} = await startBroker(name);
    if (!started) startedHere.delete(name);
    const seconds = ((Date.now() - begin) / 1000).toFixed(1);
    console.error(started ? `${name}: started in ${seconds} s` : `${name}: was up already, stays up`);
    return {passed: 0, failed: 0};
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    if (optional.includes(name)) {
      console.error(`\nWITHOUT ${name}: its tests are left out, because it could not start.\n${reason}\n`);
      return {passed: 0, failed: 0};
    }
    console.error(`\nFAILED: ${name} could not start.\n${reason}\n`);
    return {passed: 0, failed: 1};
  }
}

async function clearAway(): Promise<void> {
  startNoMore();
  rmSync(folder, {recursive: true, force: true});
  await Promise.all([...startedHere].map(name => stopBroker(name)));
}

async function interrupted(signal: NodeJS.Signals, code: number): Promise<void> {
  child?.kill(signal);
  await clearAway();
  console.log('0 passed, 1 failed');
  process.exit(code);
}

async function everything(): Promise<Totals> {
  if ((await run(process.execPath, ['build.js'])) !== 0) {
    console.error('\nFAILED: the build.');
    return {passed: 0, failed: 1};
  }
  const brokers = Promise.all(brokerNames.map(bring));
  const alone = await vitest(['unit', 'e2e']);
  const starts = await brokers;
  // These files wait for servers most of the time: more of them than there are processors.
  return sum([alone, ...starts, await vitest(['real'], '--maxWorkers', '4')]);
}

process.once('SIGINT', () => void interrupted('SIGINT', 130));
process.once('SIGTERM', () => void interrupted('SIGTERM', 143));
// A signal to npm ends the shell between it and us, and does not reach us.
const parent = process.ppid;
setInterval(() => {
  if (process.ppid !== parent) process.emit('SIGTERM');
}, 500).unref();

let totals: Totals = {passed: 0, failed: 1};
try {
  totals = await everything();
} catch (error) {
  console.error(error);
} finally {
  await clearAway();
}
console.log(`${totals.passed} passed, ${totals.failed} failed`);
process.exitCode = totals.failed === 0 ? 0 : 1;
