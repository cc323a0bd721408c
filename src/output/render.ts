import {Failure} from '../model/failure.ts';
import type {ContextWarning, LiveReport, Report} from '../model/report.ts';
import type {Terms} from '../model/system.ts';
import {csvHeader, csvLine} from './csv.ts';
import {closeEnvelope, envelopeVersion, jsonText, jsonValue, openEnvelope} from './json.ts';
import {chooseColumns, sortRows} from './select.ts';
import {facts, liveTable, table} from './table.ts';
import type {Column, View} from './view.ts';
import {yamlText} from './yaml.ts';

export const formats = ['table', 'wide', 'json', 'ndjson', 'csv', 'yaml'] as const;
export type Format = (typeof formats)[number];

export interface RenderOptions {
  readonly format: Format;
  readonly headers: boolean;
  /** Keys of `--columns`, in the order wanted; `null` for the view's own. */
  readonly columns: readonly string[] | null;
  /** A key, with `-` before it for descending; `null` for the order of the rows. */
  readonly sort: string | null;
  /** Columns of the terminal; `null` where the output is no terminal and lines may be as long as they are. */
  readonly width: number | null;
  readonly colour: boolean;
  /** The broker's words, when all contexts are of one system. */
  readonly terms: Terms | null;
  /** Names of the contexts that were asked, answered or not. */
  readonly contexts: readonly string[];
}

/**
 * Renders a report as text, in pieces: one valid document in all. Warnings are in it for `json` and `yaml`; for the other
 * formats the caller prints them on stderr.
 * @throws {Failure} `usage`, before any text, on a column or sort key that the view does not have
 */
export async function* render<Row>(
  report: Report<Row> | LiveReport<Row>,
  view: View<Row>,
  options: RenderOptions,
): AsyncGenerator<string, void> {
  const columns = chooseColumns(view, options);
  const batches = isLive(report) ? await begun(report.rows) : [sortRows(report.rows, view, options.sort)];
  switch (options.format) {
    case 'table':
    case 'wide':
      if (view.facts) yield* facts(batches, row => view.facts?.(row) ?? [], options);
      else if (Symbol.asyncIterator in batches) yield* liveTable(batches, columns, options);
      else for (const rows of batches) yield table(rows, columns, options);
      return;
    case 'ndjson':
      for await (const rows of batches) for (const row of rows) yield `${jsonText(record(row, columns))}\n`;
      return;
    case 'csv':
      if (options.headers) yield csvHeader(columns);
      for await (const rows of batches) yield rows.map(row => csvLine(row, columns)).join('');
      return;
    case 'json':
      yield openEnvelope(view.command, options.contexts);
      try {
        yield* jsonRows(batches, columns);
      } catch (error) {
        // What is written so far is made a document all the same; who called tells the failure.
        yield closeEnvelope([...allWarnings(report), ...(error instanceof Failure ? [asWarning(error)] : [])]);
        throw error;
      }
      yield closeEnvelope(allWarnings(report));
      return;
    case 'yaml': {
      const result: unknown[] = [];
      for await (const rows of batches) result.push(...rows.map(row => record(row, columns)));
      const {command} = view;
      const envelope = {command, version: envelopeVersion, contexts: options.contexts, result};
      yield await yamlText({...envelope, warnings: allWarnings(report)});
    }
  }
}

/** Rows of which the first batch is there: what fails before it fails before any text. */
async function begun<Row>(rows: AsyncIterable<readonly Row[]>): Promise<AsyncIterable<readonly Row[]>> {
  const iterator = rows[Symbol.asyncIterator]();
  const first = await iterator.next();
  return (async function* () {
    try {
      for (let next = first; !next.done; next = await iterator.next()) yield next.value;
    } finally {
      await iterator.return?.();
    }
  })();
}

async function* jsonRows<Row>(
  batches: AsyncIterable<readonly Row[]> | Iterable<readonly Row[]>,
  columns: readonly Column<Row>[],
): AsyncGenerator<string> {
  let separator = '\n';
  for await (const rows of batches) {
    for (const row of rows) {
      yield `${separator}    ${jsonText(record(row, columns))}`;
      separator = ',\n';
    }
  }
}

function record<Row>(row: Row, columns: readonly Column<Row>[]): Record<string, unknown> {
  return Object.fromEntries(columns.map(column => [column.key, jsonValue(column.value(row))]));
}

/** Failures of single contexts are warnings to whoever reads the document; the exit code says that they were failures. */
export function allWarnings(report: Report<unknown> | LiveReport<unknown>): ContextWarning[] {
  return [
    ...report.warnings.map(({code, message, context}) => ({code, message, context})),
    ...report.failures.map(asWarning),
  ];
}

function asWarning({kind, message, broker, context}: Failure): ContextWarning {
  return {code: kind, message: broker === null ? message : `${message}: ${broker}`, context};
}

function isLive<Row>(report: Report<Row> | LiveReport<Row>): report is LiveReport<Row> {
  return !Array.isArray(report.rows);
}
