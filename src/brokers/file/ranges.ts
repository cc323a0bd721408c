/** Positions as half-open ranges [from, to), in order, neither touching nor empty. */
export type Ranges = readonly (readonly [from: number, to: number])[];

/** Adds single positions. */
export function withPositions(ranges: Ranges, positions: Iterable<number>): Ranges {
  const all = [...ranges, ...[...positions].map(position => [position, position + 1] as const)];
  all.sort((a, b) => a[0] - b[0]);
  const out: [number, number][] = [];
  for (const [from, to] of all) {
    const last = out.at(-1);
    if (last && from <= last[1]) last[1] = Math.max(last[1], to);
    else out.push([from, to]);
  }
  return out;
}

/** Leaves out what lies before `start`. */
export function fromStart(ranges: Ranges, start: number): Ranges {
  return ranges.filter(([, to]) => to > start).map(([from, to]) => [Math.max(from, start), to] as const);
}

export function holds(ranges: Ranges, position: number): boolean {
  return ranges.some(([from, to]) => from <= position && position < to);
}

/** How many positions of the ranges lie in [from, to). */
export function countWithin(ranges: Ranges, from: number, to: number): number {
  return ranges.reduce((sum, range) => sum + Math.max(0, Math.min(range[1], to) - Math.max(range[0], from)), 0);
}

/** `["7", "9-12"]`, with both ends included, as people write it. */
export function formatRanges(ranges: Ranges): string[] {
  return ranges.map(([from, to]) => (to === from + 1 ? `${from}` : `${from}-${to - 1}`));
}

/** @throws {TypeError} on a word that is no range */
export function parseRanges(words: readonly unknown[]): Ranges {
  const positions = words.map(word => {
    const [, from, to = from] = /^(\d+)(?:-(\d+))?$/.exec(String(word)) ?? [];
    if (from === undefined || Number(to) < Number(from)) throw new TypeError(`${JSON.stringify(word)} is not a range`);
    return [Number(from), Number(to) + 1] as const;
  });
  return positions.length === 0 ? [] : merge(positions);
}

function merge(ranges: Ranges): Ranges {
  return withPositions(ranges, []);
}
