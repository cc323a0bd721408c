import {escapeText} from './escape.ts';
import {jsonText, jsonValue} from './json.ts';
import type {Column} from './view.ts';

/** The header line: keys and not headings, so that it is the same for every broker. */
export function csvHeader<Row>(columns: readonly Column<Row>[]): string {
  return `${columns.map(column => field(column.key)).join(',')}\r\n`;
}

export function csvLine<Row>(row: Row, columns: readonly Column<Row>[]): string {
  return `${columns.map(column => field(cell(column.value(row)))).join(',')}\r\n`;
}

/**
 * A spreadsheet runs a cell that begins with `= + - @` or a tab as a formula, and what brokers hold is written by others:
 * such texts get an apostrophe before them, which spreadsheets take as "this is text". Numbers are left as they are.
 */
function cell(value: unknown): string {
  const plain = jsonValue(value);
  if (plain === null) return '';
  if (typeof plain === 'string') {
    const text = plain.split('\n').map(escapeText).join('\n');
    return /^[=+\-@\t\r]/.test(plain) && !/^[+-]\d+$/.test(plain) ? `'${text}` : text;
  }
  return typeof plain === 'object' ? jsonText(plain) : JSON.stringify(plain);
}

/** Quoted as RFC 4180 says. */
function field(text: string): string {
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
