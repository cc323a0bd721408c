import Table from 'cli-table3';

/**
 * Lays out cells over several lines where the last column's text is longer than its room: for a few rows of prose. Each
 * table costs about a millisecond a row and more than that the more rows it has, so figures do not go this way.
 */
export function wrappedTable(lines: readonly (readonly string[])[], widths: readonly number[], gap: number): string {
  const drawn = new Table({
    chars: borderless,
    style: {'padding-left': 0, 'padding-right': gap, head: [], border: [], compact: true},
    colWidths: widths.map(width => width + gap),
    wordWrap: true,
  });
  drawn.push(...lines.map(cells => [...cells]));
  return `${drawn.toString().replace(/ +$/gm, '')}\n`;
}

const borderless = Object.fromEntries(
  [
    ...['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right'],
    ...['left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid', 'middle'],
  ].map(name => [name, '']),
);
