/** Positions as half-open ranges [from, to), in order, neither touching nor empty. */
export type Ranges = readonly (readonly [from: number, to: number])[];

/** Adds single positions. */
export function withPositions(ranges: Ranges, positions: Iterable<number>): Ranges {
  return union(
    ranges,
    Array.from(positions, position => [position, position + 1] as const),
  );
}

/** Takes the second ranges out of the first. */
export function subtract(ranges: Ranges, gone: Ranges): Ranges {
  let left = ranges;
  for (const [from, to] of gone) {
    left = left.flatMap(([first, after]): Ranges => {
      const sides: Ranges = [
        [first, Math.min(after, from)],
        [Math.max(first, to), after],
      ];
      return sides.filter(([a, b]) => a < b);
    });
  }
  return left;
}

/** Joins two sets of ranges. */
export function union(a: Ranges, b: Ranges): Ranges {
  const out: [number, number][] = [];
  for (const [from, to] of [...a, ...b].sort((x, y) => x[0] - y[0])) {
    const last = out.at(-1);
    if (last && from <= last[1]) last[1] = Math.max(last[1], to);
    else out.push([from, to]);
  }
  return out;
}

export function holds(ranges: Ranges, position: number): boolean {
  let [low, high] = [0, ranges.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const [from = 0, to = 0] = ranges[middle] ?? [];
    if (position < from) high = middle;
    else if (position >= to) low = middle + 1;
    else return true;
  }
  return false;
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
  const ranges = words.map(word => {
    const [, from, to = from] = /^(\d+)(?:-(\d+))?$/.exec(String(word)) ?? [];
    if (from === undefined || Number(to) < Number(from)) throw new TypeError(`${JSON.stringify(word)} is not a range`);
    return [Number(from), Number(to) + 1] as const;
  });
  return union(ranges, []);
}
