import type {Terms} from '../model/system.ts';

/** How a cell is coloured on a terminal: `bad` needs someone now, `warn` soon, `good` is well, `dim` is background. */
export type Tone = 'good' | 'warn' | 'bad' | 'dim';

/** One column of a table, which is also one key of the JSON row and one field of the CSV. */
export interface Column<Row> {
  /** The JSON key, camelCase; `--columns` and `--sort` name it. */
  readonly key: string;
  /** The heading in upper case; a function where the broker has its own word. `null` terms: several systems in one table. */
  readonly heading: string | ((terms: Terms | null) => string);
  /** The datum as JSON holds it: number, string, boolean, Date, bigint, list or object; `null` is unknown. */
  value(row: Row): unknown;
  /** The cell for people, not yet escaped; without it `value` is printed, `null` as `-`. */
  text?(row: Row): string;
  tone?(row: Row): Tone | null;
  readonly align?: 'left' | 'right';
  /** Shown by `-o wide` and where `--columns` asks for it, never in the plain table; JSON, YAML and CSV always hold it. */
  readonly wide?: boolean;
  /** Left out of the plain table where the broker's words make it say the same as another. */
  redundant?(terms: Terms | null): boolean;
  /** Shown in the plain table only when several contexts were asked. */
  readonly ofSeveral?: boolean;
  /** 0 (or absent) stays in a narrow table; of the others the highest number goes first. */
  readonly priority?: number;
  /** Takes what room is left and is cut to it: message bodies. */
  readonly flexible?: boolean;
  /** The last column, of prose: takes what room is left and goes on in the next lines. */
  readonly wrap?: boolean;
}

/** A named value under a section heading, for rows that are read one at a time. */
export interface Fact {
  readonly section: string;
  readonly name: string;
  readonly value: string;
}

export interface View<Row> {
  /** The command's words, as the JSON envelope has them: `depth`, `context list`. */
  readonly command: string;
  readonly columns: readonly Column<Row>[];
  /** Rows are printed as they come, so there is no sorting them. */
  readonly live?: boolean;
  /** Given, tables show each row as sections of facts instead of a line. */
  facts?(row: Row): readonly Fact[];
}

/** The heading of a column, in the words of one broker where all rows are of one system. */
export function headingOf<Row>(column: Column<Row>, terms: Terms | null): string {
  return (typeof column.heading === 'string' ? column.heading : column.heading(terms)).toUpperCase();
}
