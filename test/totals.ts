import {readFileSync} from 'node:fs';

/** A skipped test counts as failed: what is not run proves nothing. */
export interface Totals {
  readonly passed: number;
  readonly failed: number;
}

/** The part of vitest's JSON report that is counted. */
interface Report {
  readonly testResults: readonly {
    readonly status: string;
    readonly assertionResults: readonly {readonly status: string}[];
  }[];
}

/** Counts a run of vitest by its JSON report; a run that left none, ran nothing or crashed is one failure. */
export function totalsOf(reportFile: string, exitCode: number | null): Totals {
  let report: Report;
  try {
    report = JSON.parse(readFileSync(reportFile, 'utf8')) as Report;
  } catch {
    return {passed: 0, failed: 1};
  }
  const tests = report.testResults.flatMap(file => file.assertionResults);
  const passed = tests.filter(test => test.status === 'passed').length;
  // A file that cannot be loaded has no tests; one whose hooks failed may have none that failed.
  const brokenFiles = report.testResults.filter(
    file => file.status === 'failed' && file.assertionResults.every(test => test.status === 'passed'),
  ).length;
  const failed = tests.length - passed + brokenFiles;
  const wrong = exitCode !== 0 || tests.length === 0;
  return {passed, failed: failed === 0 && wrong ? 1 : failed};
}

export function sum(all: readonly Totals[]): Totals {
  return {
    passed: all.reduce((total, {passed}) => total + passed, 0),
    failed: all.reduce((total, {failed}) => total + failed, 0),
  };
}
