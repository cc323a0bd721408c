import type {Terms} from '../model/system.ts';
import {cutText, escapeText, widthOf} from './escape.ts';
import {jsonValue} from './json.ts';
import {type Column, type Fact, headingOf, type Tone} from './view.ts';
import {wrappedTable} from './wrapped-table.ts';

export interface TableOptions {
  /** Columns were asked for by name: none of them is left out. */
  readonly columns: readonly string[] | null;
  readonly headers: boolean;
  readonly width: number | null;
  readonly colour: boolean;
  readonly terms: Terms | null;
}

/** The room between two columns. */
const gap = 2;
/** What a flexible column needs to be of use. */
const flexibleMin = 20;
/** Where no terminal sets a limit, a flexible cell is still cut: a body may have megabytes. */
const flexibleMax = 400;

const colours: Readonly<Record<Tone, string>> = {good: '32', warn: '33', bad: '31', dim: '2'};

interface Cell {
  readonly text: string;
  readonly tone: Tone | null;
}

/** Columns that fit, with their widths, found from the rows at hand. */
interface Layout<Row> {
  readonly columns: readonly Column<Row>[];
  readonly widths: readonly number[];
}

/** All rows as one table; an empty string when there are none. */
export function table<Row>(rows: readonly Row[], columns: readonly Column<Row>[], options: TableOptions): string {
  if (rows.length === 0) return '';
  const layout = fit(rows, columns, options);
  return draw(rows, layout, options, options.headers);
}

/**
 * Rows as they come. The first moment's rows decide the widths, so that a short result looks as it would in one piece and
 * a long one begins at once.
 */
export async function* liveTable<Row>(
  batches: AsyncIterable<readonly Row[]>,
  columns: readonly Column<Row>[],
  options: TableOptions,
): AsyncGenerator<string, void> {
  let layout: Layout<Row> | null = null;
  for await (const rows of gathered(batches)) {
    const first = layout === null;
    layout ??= fit(rows, columns, options);
    yield draw(rows, layout, options, first && options.headers);
  }
}

/** Rows one at a time, each as sections of facts. */
export async function* facts<Row>(
  batches: AsyncIterable<readonly Row[]> | Iterable<readonly Row[]>,
  factsOf: (row: Row) => readonly Fact[],
  {colour}: TableOptions,
): AsyncGenerator<string, void> {
  let before = '';
  for await (const rows of batches) {
    for (const row of rows) {
      yield before + sections(factsOf(row), colour);
      before = '\n';
    }
  }
}

function sections(all: readonly Fact[], colour: boolean): string {
  const names = new Set(all.map(({section}) => section));
  return [...names]
    .map(name => {
      const own = all.filter(({section}) => section === name);
      const width = Math.max(...own.map(fact => widthOf(escapeText(fact.name))));
      const lines = own.map(fact => {
        const shown = escapeText(fact.name);
        return `  ${shown}${' '.repeat(width - widthOf(shown) + gap)}${escapeText(fact.value)}\n`;
      });
      return `${paint(escapeText(name), colour ? '1' : null)}\n${lines.join('')}`;
    })
    .join('\n');
}

/** Puts batches together for the first quarter of a second after the first row, then passes them on as they come. */
async function* gathered<Row>(batches: AsyncIterable<readonly Row[]>): AsyncGenerator<readonly Row[], void> {
  const iterator = batches[Symbol.asyncIterator]();
  try {
    let next = iterator.next();
    const held: Row[] = [];
    let deadline: Promise<'late'> | null = null;
    let timer: NodeJS.Timeout | undefined;
    for (;;) {
      const result = await (deadline ? Promise.race([next, deadline]) : next);
      if (result === 'late' || result.done) break;
      held.push(...result.value);
      if (held.length > 500) {
        next = iterator.next();
        break;
      }
      if (held.length > 0)
        deadline ??= new Promise(resolve => {
          timer = setTimeout(() => resolve('late'), 250);
        });
      next = iterator.next();
    }
    clearTimeout(timer);
    if (held.length > 0) yield held;
    for (let result = await next; !result.done; result = await iterator.next()) {
      if (result.value.length > 0) yield result.value;
    }
  } finally {
    await iterator.return?.();
  }
}

/** Leaves out columns of the lowest worth until the rest fits the terminal; a flexible column takes what room is left. */
function fit<Row>(
  rows: readonly Row[],
  all: readonly Column<Row>[],
  {columns: asked, headers, width, terms}: TableOptions,
): Layout<Row> {
  const natural = new Map(
    all.map(column => {
      const heading = headers ? widthOf(headingOf(column, terms)) : 0;
      const limit = column.flexible ? flexibleMax : Number.POSITIVE_INFINITY;
      return [
        column,
        Math.min(
          limit,
          rows.reduce((most, row) => Math.max(most, widthOf(cellOf(column, row).text)), heading),
        ),
      ];
    }),
  );
  const need = (column: Column<Row>) => {
    const wanted = natural.get(column) ?? 0;
    return column.flexible || column.wrap ? Math.min(wanted, flexibleMin) : wanted;
  };
  const total = (columns: readonly Column<Row>[]) => columns.reduce((sum, column) => sum + need(column) + gap, -gap);
  // Figures that this broker does not have are no column; in a column that always stays, `-` says it.
  let columns = asked
    ? all
    : all.filter(column => !column.priority || rows.some(row => (column.value(row) ?? null) !== null));
  while (asked === null && width !== null && total(columns) > width) {
    const worst = columns.reduce<Column<Row> | null>(
      (found, column) => ((column.priority ?? 0) > (found?.priority ?? 0) ? column : found),
      null,
    );
    if (worst === null) break;
    columns = columns.filter(column => column !== worst);
  }
  let spare = width === null ? Number.POSITIVE_INFINITY : Math.max(0, width - total(columns));
  const widths = columns.map(column => {
    const more = Math.min(spare, (natural.get(column) ?? 0) - need(column));
    spare -= more;
    return need(column) + more;
  });
  return {columns, widths};
}

function cellOf<Row>(column: Column<Row>, row: Row): Cell {
  const value = column.text ? column.text(row) : plain(column.value(row));
  const text = escapeText(column.flexible ? value.slice(0, flexibleMax * 2) : value);
  return {text: text === '' ? '-' : text, tone: column.tone?.(row) ?? null};
}

function plain(value: unknown): string {
  if (value === null || value === undefined) return '-';
  if (value instanceof Date) return value.toISOString();
  return typeof value === 'string' ? value : JSON.stringify(jsonValue(value));
}

function draw<Row>(rows: readonly Row[], {columns, widths}: Layout<Row>, options: TableOptions, head: boolean): string {
  const lines = rows.map(row => columns.map(column => cellOf(column, row)));
  if (head) lines.unshift(columns.map(column => ({text: headingOf(column, options.terms), tone: null})));
  const colourOf = (tone: Tone | null) => (options.colour && tone ? colours[tone] : null);
  const line = (cells: readonly Cell[]) =>
    cells
      .map(({text, tone}, index) => {
        const column = columns[index];
        const width = widths[index] ?? 0;
        const shown = column?.flexible ? cutText(text, width) : text;
        const room = ' '.repeat(Math.max(0, width - widthOf(shown)));
        const painted = paint(shown, colourOf(tone));
        return column?.align === 'right' ? room + painted : painted + room;
      })
      .join(' '.repeat(gap))
      .trimEnd();
  if (columns.some(({wrap}) => wrap) && options.width !== null) {
    return wrappedTable(
      lines.map(cells => cells.map(({text, tone}) => paint(text, colourOf(tone)))),
      widths,
      gap,
    );
  }
  return lines.map(cells => `${line(cells)}\n`).join('');
}

function paint(text: string, code: string | null): string {
  return code === null ? text : `\u001b[${code}m${text}\u001b[0m`;
}
