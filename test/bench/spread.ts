export interface Spread {
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

/** @throws on an empty list */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const [min, low, high, max] = [0, Math.floor((sorted.length - 1) / 2), Math.ceil((sorted.length - 1) / 2), -1].map(
    i => sorted.at(i),
  );
  if (min === undefined || low === undefined || high === undefined || max === undefined) throw new Error('no values');
  return {min, median: (low + high) / 2, max};
}

/** Ratios of runs of the same round: what slows the machine down for a while slows both. */
export function ratioOf(ours: readonly number[], theirs: readonly number[]): Spread {
  return spreadOf(ours.map((value, round) => value / (theirs[round] ?? NaN)));
}

/** `12.3 (11.9–14.0)` */
export function show({min, median, max}: Spread, digits: number): string {
  return `${median.toFixed(digits)} (${min.toFixed(digits)}–${max.toFixed(digits)})`;
}
