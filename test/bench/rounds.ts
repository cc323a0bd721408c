import {measure} from './measure.ts';
import type {Measurement} from './measure.ts';
import {ratioOf, show, spreadOf} from './spread.ts';
import type {Spread} from './spread.ts';

/** A command to time, and what its stdout must hold for the run to count. */
export interface Subject {
  readonly name: string;
  readonly command: readonly string[];
  readonly prints: RegExp;
}

export interface Timed {
  readonly name: string;
  readonly runs: readonly Measurement[];
}

/**
 * Runs every subject once a round, each round beginning with another, after one round that does not count.
 * @throws when a command fails or prints something else
 */
export async function timeAll(subjects: readonly Subject[], rounds: number, env: NodeJS.ProcessEnv): Promise<Timed[]> {
  const runs = subjects.map((): Measurement[] => []);
  for (let round = -1; round < rounds; round++) {
    for (let turn = 0; turn < subjects.length; turn++) {
      const index = (round + 1 + turn) % subjects.length;
      const subject = subjects[index];
      if (!subject) continue;
      const run = await measure(subject.command, env);
      if (!subject.prints.test(run.stdout))
        throw new Error(
          `${subject.command.join(' ')} did not print ${String(subject.prints)}:\n${run.stdout}\n${run.stderr}`,
        );
      if (round >= 0) runs[index]?.push(run);
    }
    process.stderr.write(round < 0 ? 'warm-up done\n' : `round ${round + 1} of ${rounds}\n`);
  }
  return subjects.map(({name}, index) => ({name, runs: runs[index] ?? []}));
}

/** One line a subject: times and memory, and the ratios of both times to those of `reference`, round by round. */
export function table(all: readonly Timed[], reference: string): string {
  const base = all.find(({name}) => name === reference);
  if (!base) throw new Error(`no subject ${reference}`);
  const rows = all.map(({name, runs}) => {
    const sizes = runs.map(run => run.rssMb).filter(size => size !== null);
    return [
      name,
      show(spreadOf(runs.map(run => run.wallMs)), 0),
      show(spreadOf(runs.map(run => run.cpuMs)), 0),
      sizes.length > 0 ? show(spreadOf(sizes), 0) : 'unknown',
      show(ratio(all, name, reference), 2),
      show(ratio(all, name, reference, 'cpuMs'), 2),
    ];
  });
  return lines([['', 'wall ms', 'cpu ms', 'peak MB', `wall × ${reference}`, 'cpu ×'], ...rows]);
}

/** How many times as long `name` took as `other`, round by round; processor time moves less than wall time on a busy machine. */
export function ratio(
  all: readonly Timed[],
  name: string,
  other: string,
  figure: 'wallMs' | 'cpuMs' = 'wallMs',
): Spread {
  const times = (wanted: string): number[] => all.find(one => one.name === wanted)?.runs.map(run => run[figure]) ?? [];
  return ratioOf(times(name), times(other));
}

function lines(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map(row => row[column]?.length ?? 0)));
  return rows
    .map(row =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
