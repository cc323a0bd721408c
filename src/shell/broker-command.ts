import {Failure} from '../model/failure.ts';
import type {LiveReport, Report} from '../model/report.ts';
import type {View} from '../output/view.ts';
import {BaseCommand} from './base-command.ts';
import {chooseContexts, prepare} from './contexts.ts';
import type {Chosen, OpenContext} from './contexts.ts';
import {asFailure} from './errors.ts';
import {brokerFlags, outputFlags} from './flags.ts';
import {pause, untilAborted} from './interrupts.ts';
import type {Progress} from './progress.ts';

/** What every command shares that speaks to brokers: it opens them, and closes them whatever happens. */
export abstract class BrokerCommand extends BaseCommand {
  static override baseFlags = {...brokerFlags, ...outputFlags};

  /** For commands whose work has stages: what the progress line says. */
  protected progress: Progress | null = null;

  /**
   * Opens the contexts that are meant, all at once, and runs. One that cannot be opened is left out and told by `show`;
   * when none can, it throws. All are closed at the end.
   */
  protected async withContexts<T>(
    run: (contexts: readonly OpenContext[], signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const chosen = await this.chosen();
    this.progress = this.startProgress(`Asking ${chosen.map(({name}) => name).join(', ')}`);
    const contexts: OpenContext[] = [];
    let work: Promise<unknown> = Promise.resolve();
    try {
      await untilAborted(this.#openAll(chosen, contexts), this.signal);
      const running = run(contexts, this.signal);
      work = running;
      return await untilAborted(running, this.signal);
    } finally {
      this.progress.done();
      // An interrupted document is brought to its end.
      await atMostASecond(Promise.allSettled([work]));
      await close(contexts);
    }
  }

  /** Like `withContexts`, for a change: exactly one context, or it is a usage error before any I/O. */
  protected async withOneContext<T>(run: (context: OpenContext, signal: AbortSignal) => Promise<T>): Promise<T> {
    const chosen = await this.chosen();
    if (chosen.length !== 1) {
      throw new Failure('usage', `A change takes one context, and ${chosen.length} were named`, {
        hints: [`Name one of ${chosen.map(({name}) => name).join(', ')} with -c.`],
      });
    }
    return this.withContexts(async ([context], signal) => {
      if (!context) throw new Error('no context was opened');
      return run(context, signal);
    });
  }

  /** Runs and shows, once or again and again with `--watch`. */
  protected async report<Row>(
    view: View<Row>,
    run: (contexts: readonly OpenContext[], signal: AbortSignal) => Promise<Report<Row> | LiveReport<Row>>,
  ): Promise<void> {
    const everyMs = this.flags.watch;
    const {format} = this.renderOptions;
    if (everyMs !== undefined && (format === 'json' || format === 'yaml')) {
      throw new Failure('usage', `--watch gives one document after another, and -o ${format} is one`, {
        hints: ['Use -o ndjson: one row a line.'],
      });
    }
    const {checkKeys} = await import('../output/select.ts');
    checkKeys(view, this.renderOptions);
    await this.withContexts(async (contexts, signal) => {
      for (let round = 0; ; round++) {
        const report = await run(contexts, signal);
        this.progress?.done();
        if (everyMs !== undefined) await this.#beginRound(round);
        await this.show(report, view);
        if (everyMs === undefined) return;
        await pause(everyMs, signal);
      }
    });
  }

  /** The contexts that are meant. */
  protected chosen(): Promise<readonly Chosen[]> {
    return chooseContexts({
      contexts: this.flags.context ?? [],
      urls: this.flags.url ?? [],
      all: this.flags['all-contexts'] ?? false,
      config: this.flags.config,
    });
  }

  /** A terminal is cleared for each round, so that the newest figures stand where the last ones did. */
  async #beginRound(round: number): Promise<void> {
    if (process.stdout.isTTY) await this.write('\x1b[H\x1b[2J\x1b[3J');
    else if (round > 0 && this.renderOptions.format !== 'ndjson') await this.write('\n');
  }

  async #openAll(chosen: readonly Chosen[], opened: OpenContext[]): Promise<void> {
    const timeoutMs = this.flags.timeout ?? 10_000;
    const results = await Promise.all(chosen.map(one => this.#open(one, timeoutMs)));
    const failures = results.filter(result => result instanceof Failure);
    for (const result of results) if (!(result instanceof Failure)) opened.push(result);
    const [first] = failures;
    if (opened.length === 0 && first) throw failures.length === 1 ? first : noneOpened(failures, first);
    this.notOpened.push(...failures);
    const systems = new Set(opened.map(({broker}) => broker.driver));
    const [only] = systems;
    this.shown = {contexts: chosen.map(({name}) => name), terms: systems.size === 1 && only ? only.terms : null};
  }

  async #open(chosen: Chosen, timeoutMs: number): Promise<OpenContext | Failure> {
    try {
      const {driver, target} = await prepare(chosen, timeoutMs, warning => void this.early.push(warning));
      const began = performance.now();
      const broker = await driver.open(target, {signal: this.signal});
      const openMs = Math.round(performance.now() - began);
      this.early.push(...broker.server.warnings.map(warning => ({...warning, context: chosen.name})));
      return {name: chosen.name, broker, openMs};
    } catch (error) {
      const failure = asFailure(error);
      if (failure.kind === 'bug' || failure.kind === 'interrupted') throw error;
      return failure.inContext(chosen.name);
    }
  }
}

function noneOpened(failures: readonly Failure[], first: Failure): Failure {
  const same = failures.every(({kind}) => kind === first.kind);
  return new Failure(same ? first.kind : 'unreachable', `None of the ${failures.length} contexts could be opened`, {
    broker: failures
      .map(({context, message, broker}) => `${context}: ${message}${broker ? ` (${broker})` : ''}`)
      .join('\n'),
    hints: first.hints,
  });
}

/** Closes every broker; one that does not close within a second is left to the end of the process. */
async function close(contexts: readonly OpenContext[]): Promise<void> {
  await atMostASecond(Promise.allSettled(contexts.map(async ({broker}) => broker[Symbol.asyncDispose]())));
}

async function atMostASecond(work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise(resolve => (timer = setTimeout(resolve, 1000)));
  await Promise.race([work, limit]);
  clearTimeout(timer);
}
