import {Command, type Interfaces} from '@oclif/core';
import type {Failure} from '../model/failure.ts';
import type {ContextWarning, LiveReport, Report} from '../model/report.ts';
import type {Terms} from '../model/system.ts';
import {escapeText} from '../output/escape.ts';
import type {RenderOptions} from '../output/render.ts';
import type {View} from '../output/view.ts';
import {asFailure, errorDocument, errorText} from './errors.ts';
import {outputFlags, type brokerFlags, type watchFlag} from './flags.ts';
import {listenForInterrupts} from './interrupts.ts';
import {Progress} from './progress.ts';
import {redact} from './redaction.ts';
import {hasBegun, writeOut} from './stdout.ts';

/** The shared flags as oclif parsed them; a command that speaks to no broker has only the first ones. */
type SharedFlags = Partial<Interfaces.InferredFlags<typeof outputFlags & typeof brokerFlags & typeof watchFlag>>;

/** What every command shares: output flags, rendering, warnings, errors with their exit code, and the abort signal. */
export abstract class BaseCommand extends Command {
  static override baseFlags = outputFlags;

  protected readonly signal = listenForInterrupts();
  /** The shared flags, known once the command has called `parse`. */
  protected flags: SharedFlags = {};
  /** What is rendered besides rows; a command that opens contexts fills it. */
  protected shown: {contexts: readonly string[]; terms: Terms | null} = {contexts: [], terms: null};
  /** Warnings met before there was a report. */
  protected readonly early: ContextWarning[] = [];
  /** Contexts that could not be opened while others could. */
  protected readonly notOpened: Failure[] = [];
  readonly #told = new Set<string>();

  /** Parses and runs; an error is told and not thrown. */
  start(): Promise<void> {
    return this._run();
  }

  protected override async parse<
    F extends Interfaces.OutputFlags<Interfaces.FlagInput>,
    B extends Interfaces.OutputFlags<Interfaces.FlagInput>,
    A extends Interfaces.OutputArgs<Interfaces.ArgInput>,
  >(options?: Interfaces.Input<F, B, A>, argv: string[] = this.argv): Promise<Interfaces.ParserOutput<F, B, A>> {
    const parsed = await super.parse<F, B, A>(options, withWatchPeriod(argv));
    this.flags = parsed.flags as SharedFlags;
    return parsed;
  }

  /**
   * Writes a report to stdout in the format asked for, its warnings and failures to stderr. A failure that left rows
   * standing makes the exit code 1; with none, failures of one kind give theirs.
   */
  protected async show<Row>(report: Report<Row> | LiveReport<Row>, view: View<Row>): Promise<void> {
    const {early, notOpened} = this;
    // Rows that come as they are found end before their warnings and failures are complete, so those are looked up late.
    const whole = {
      rows: report.rows,
      get warnings() {
        return [...early, ...report.warnings];
      },
      get failures() {
        return [...notOpened, ...report.failures];
      },
    } as Report<Row> | LiveReport<Row>;
    const [only] = whole.failures;
    const empty = Array.isArray(report.rows) && report.rows.length === 0;
    if (only && empty && whole.failures.length === 1 && this.shown.contexts.length <= 1) throw only;
    const {render} = await import('../output/render.ts');
    // What a look costs is known before its first row, and said then.
    if (!Array.isArray(report.rows)) this.#warn(whole.warnings);
    await this.write(render(whole, view, this.renderOptions));
    this.#warn(whole.warnings);
    for (const failure of whole.failures) this.say(errorText(failure));
    const kinds = new Set(whole.failures.map(({exitCode}) => exitCode));
    const [alike] = kinds;
    if (alike !== undefined) process.exitCode = empty && kinds.size === 1 ? alike : 1;
  }

  /** Writes to stdout, as fast as its reader takes it. */
  protected async write(chunks: AsyncIterable<string> | string): Promise<void> {
    if (typeof chunks === 'string') await writeOut(chunks);
    else for await (const chunk of chunks) await writeOut(chunk);
  }

  /** Some lines for people, on stderr; with `--watch` each is said once. */
  protected say(text: string): void {
    const lines = `${redact(text).trimEnd()}\n`;
    if (!this.#told.has(lines)) process.stderr.write(lines);
    this.#told.add(lines);
  }

  protected get renderOptions(): RenderOptions {
    const {flags} = this;
    return {
      ...this.shown,
      format: flags.json ? 'json' : (flags.output ?? 'table'),
      headers: !flags['no-headers'],
      columns: flags.columns === undefined ? null : flags.columns.split(',').map(key => key.trim()),
      sort: flags.sort ?? null,
      width: process.stdout.isTTY ? process.stdout.columns : null,
      colour: process.stdout.isTTY && !flags['no-color'] && !process.env['NO_COLOR'] && process.env['TERM'] !== 'dumb',
    };
  }

  #warn(warnings: readonly ContextWarning[]): void {
    for (const {context, message} of warnings)
      this.say(`Warning${context === null ? '' : ` [${context}]`}: ${escapeText(message)}`);
  }

  /** True when a person can be asked. */
  protected get interactive(): boolean {
    return process.stdin.isTTY && process.stderr.isTTY && !this.flags['no-input'];
  }

  protected startProgress(text: string): Progress {
    return new Progress(text, process.stderr.isTTY && !this.flags['no-input']);
  }

  protected override async catch(error: unknown): Promise<void> {
    this.#warn(this.early);
    const flags = Object.entries({...this.ctor.baseFlags, ...this.ctor.flags});
    const words = flags.flatMap(([name, {char}]) => (char === undefined ? [`--${name}`] : [`--${name}`, `-${char}`]));
    await reportFailure(asFailure(error, words), (this.id ?? '').replaceAll(':', ' '), this.argv);
  }
}

/** Says why the command failed, on stdout as JSON when JSON was asked for, and sets the exit code. */
export async function reportFailure(failure: Failure, command: string, argv: readonly string[]): Promise<void> {
  process.exitCode = failure.exitCode;
  if (wantsJson(argv) && !hasBegun()) await writeOut(errorDocument(command, failure));
  else process.stderr.write(errorText(failure));
}

/** True when the command line, though it may not parse, asks for a document on stdout. YAML takes JSON as it is. */
function wantsJson(argv: readonly string[]): boolean {
  const words = argv.includes('--') ? argv.slice(0, argv.indexOf('--')) : argv;
  return words.some((word, index) => {
    if (word === '--json') return true;
    if (word === '-o' || word === '--output') return /^(?:(?:nd)?json|yaml)$/.test(words[index + 1] ?? '');
    return /^(?:-o=?|--output=)(?:(?:nd)?json|yaml)$/.test(word);
  });
}

/** oclif knows no flag whose value may be left out, so `--watch` alone gets its value here. */
function withWatchPeriod(argv: readonly string[]): string[] {
  return argv.flatMap((word, index) =>
    word === '--watch' && !/^\d/.test(argv[index + 1] ?? '') ? ['--watch', '2s'] : [word],
  );
}
