import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {sum, totalsOf} from './totals.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'totals-'));
});
afterAll(() => rmSync(folder, {recursive: true}));

function report(...files: readonly (readonly [status: string, ...tests: string[]])[]): string {
  const path = join(folder, 'report.json');
  const testResults = files.map(([status, ...tests]) => ({
    status,
    assertionResults: tests.map(one => ({status: one})),
  }));
  writeFileSync(path, JSON.stringify({testResults}));
  return path;
}

test('passed and failed tests are counted', () => {
  expect(totalsOf(report(['passed', 'passed', 'passed'], ['failed', 'passed', 'failed']), 1)).toEqual({
    passed: 3,
    failed: 1,
  });
});

test.each(['skipped', 'pending', 'todo', 'disabled'])('a %s test is a failed one', status => {
  expect(totalsOf(report(['passed', 'passed', status]), 0)).toEqual({passed: 1, failed: 1});
});

test('a file that could not be loaded is a failure', () => {
  expect(totalsOf(report(['failed'], ['passed', 'passed']), 1)).toEqual({passed: 1, failed: 1});
});

test('an error outside of any test is a failure', () => {
  expect(totalsOf(report(['passed', 'passed']), 1)).toEqual({passed: 1, failed: 1});
  expect(totalsOf(report(['passed', 'passed']), null)).toEqual({passed: 1, failed: 1});
});

test('no test at all is a failure', () => {
  expect(totalsOf(report(), 0)).toEqual({passed: 0, failed: 1});
});

test('no report is a failure', () => {
  expect(totalsOf(join(folder, 'absent.json'), 0)).toEqual({passed: 0, failed: 1});
});

test('runs add up', () => {
  expect(sum([{passed: 2, failed: 0}, totalsOf(report(['passed', 'passed']), 0)])).toEqual({passed: 3, failed: 0});
});
