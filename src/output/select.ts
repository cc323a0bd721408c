import {Failure} from '../model/failure.ts';
import type {RenderOptions} from './render.ts';
import type {Column, View} from './view.ts';

/**
 * The columns to show: those of `--columns` in their order, or the view's, of which a plain table leaves out the wide ones.
 * @throws {Failure} `usage` on a key that the view does not have
 */
export function chooseColumns<Row>(
  view: View<Row>,
  {columns, format, contexts, terms}: Pick<RenderOptions, 'columns' | 'format' | 'contexts' | 'terms'>,
): readonly Column<Row>[] {
  if (columns !== null) return columns.map(key => columnOf(view, key, '--columns'));
  return format === 'table'
    ? view.columns.filter(
        column => !column.wide && (!column.ofSeveral || contexts.length > 1) && !column.redundant?.(terms),
      )
    : view.columns;
}

/** Tells a wrong `--columns` or `--sort` before any broker is asked. @throws {Failure} `usage` */
export function checkKeys<Row>(view: View<Row>, options: RenderOptions): void {
  chooseColumns(view, options);
  sortRows([], view, options.sort);
  if (view.live && options.sort !== null) {
    throw new Failure('usage', `${view.command} prints rows as they come and cannot sort them`, {
      hints: ['Sort them afterwards: brokerctl … -o csv | sort'],
    });
  }
}

/** Sorts by a key, `-key` descending; unknown comes last either way. @throws {Failure} `usage` */
export function sortRows<Row>(rows: readonly Row[], view: View<Row>, sort: string | null): readonly Row[] {
  if (sort === null) return rows;
  const descending = sort.startsWith('-');
  const column = columnOf(view, descending ? sort.slice(1) : sort, '--sort');
  return rows
    .map(row => ({row, value: column.value(row) ?? null}))
    .sort((a, b) => {
      if (a.value === null || b.value === null) return Number(a.value === null) - Number(b.value === null);
      return descending ? compare(b.value, a.value) : compare(a.value, b.value);
    })
    .map(({row}) => row);
}

/** Numbers, big integers and times by size, and texts with their digits read as numbers: partition 2 before partition 10. */
function compare(a: unknown, b: unknown): number {
  const size = (value: unknown): number | bigint | null =>
    value instanceof Date ? value.getTime() : typeof value === 'number' || typeof value === 'bigint' ? value : null;
  const [left, right] = [size(a), size(b)];
  if (left !== null && right !== null) return left < right ? -1 : left > right ? 1 : 0;
  const text = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));
  return text(a).localeCompare(text(b), 'en', {numeric: true});
}

function columnOf<Row>(view: View<Row>, key: string, flag: string): Column<Row> {
  const wanted = key.trim().toLowerCase();
  const found = view.columns.find(column => column.key.toLowerCase() === wanted);
  if (!found) {
    throw new Failure('usage', `"${key}" is not a column of ${view.command}`, {
      hints: [`${flag} takes: ${view.columns.map(column => column.key).join(', ')}.`],
    });
  }
  return found;
}
