import {Failure} from '../../model/failure.ts';

export type TomlValue = string | number | boolean | TomlValue[] | TomlTable;
export interface TomlTable {
  [key: string]: TomlValue;
}

/**
 * Reads the part of TOML that kcl and rabbitmqadmin write: tables, texts, numbers, booleans and lists.
 * @throws {Failure} `config` on the rest (dates, tables in one line, lists of tables), naming the line
 */
export function parseToml(text: string, file: string): TomlTable {
  const root: TomlTable = {};
  let table = root;
  const lines = text.split('\n');
  for (let index = 0; index < lines.length; index++) {
    let line = withoutComment(lines[index] ?? '').trim();
    if (line === '') continue;
    const wrong = (): Failure =>
      new Failure('config', `${file}:${index + 1}: this line cannot be read`, {broker: line.replace(/=.*/s, '= …')});
    const heading = /^\[([^[\]]+)\]$/.exec(line);
    if (heading) {
      table = tableAt(root, keyParts(heading[1] ?? ''), wrong);
      continue;
    }
    const pair = /^((?:[\w-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"|'[^']*'))*)\s*=\s*(.*)$/s.exec(line);
    if (!pair) throw wrong();
    let written = pair[2] ?? '';
    while (written.startsWith('[') && !written.endsWith(']') && index + 1 < lines.length) {
      line = withoutComment(lines[++index] ?? '').trim();
      written += ` ${line}`;
    }
    const keys = keyParts(pair[1] ?? '');
    const last = keys.pop() ?? '';
    tableAt(table, keys, wrong)[last] = valueOf(written, wrong);
  }
  return root;
}

function keyParts(key: string): string[] {
  return [...key.matchAll(/"([^"]*)"|'([^']*)'|([\w-]+)/g)].map(
    ([, double, single, bare]) => double ?? single ?? bare ?? '',
  );
}

function tableAt(from: TomlTable, keys: readonly string[], wrong: () => Failure): TomlTable {
  let table = from;
  for (const key of keys) {
    const next = Object.hasOwn(table, key) ? table[key] : (table[key] = {});
    if (typeof next !== 'object' || Array.isArray(next)) throw wrong();
    table = next;
  }
  return table;
}

function withoutComment(line: string): string {
  return /^(?:[^"'#]|"(?:[^"\\]|\\.)*"|'[^']*')*/.exec(line)?.[0] ?? line;
}

function valueOf(written: string, wrong: () => Failure): TomlValue {
  if (written === 'true' || written === 'false') return written === 'true';
  if (/^[+-]?\d[\d_]*(?:\.\d+)?$/.test(written)) return Number(written.replaceAll('_', ''));
  if (/^'[^']*'$/.test(written)) return written.slice(1, -1);
  if (/^"(?:[^"\\]|\\.)*"$/.test(written)) return unescaped(written, wrong);
  if (!/^\[.*\]$/.test(written)) throw wrong();
  const items = written.slice(1, -1).match(/"(?:[^"\\]|\\.)*"|'[^']*'|[^\s,]+/g) ?? [];
  return items.map(item => valueOf(item, wrong));
}

/** TOML's escapes are JSON's, and `\UXXXXXXXX`. */
function unescaped(written: string, wrong: () => Failure): string {
  try {
    const plain = written.replace(/\\U([\da-f]{8})/gi, (_, hex: string) =>
      String.fromCodePoint(Number.parseInt(hex, 16)),
    );
    return JSON.parse(plain) as string;
  } catch {
    throw wrong();
  }
}
