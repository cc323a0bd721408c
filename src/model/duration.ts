import {Failure} from './failure.ts';

const unitMs: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/**
 * Reads a duration such as `500ms 90s 15m 2h 7d`, or several run together (`1h30m`), into milliseconds.
 * @throws {Failure} `usage`
 */
export function parseDuration(word: string): number {
  if (!/^(?:\d+(?:\.\d+)?(?:ms|s|m|h|d|w))+$/.test(word)) {
    throw new Failure('usage', `"${word}" is not a duration`, {
      hints: ['Use a number and a unit: 500ms, 90s, 15m, 2h, 7d.'],
    });
  }
  let total = 0;
  for (const [, number, unit] of word.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d|w)/g))
    total += Number(number) * (unitMs[unit ?? ''] ?? 0);
  return total;
}

/** Seconds in at most two units, for people: `0s 45s 3m 2h5m 12d`. */
export function formatSeconds(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60)
    return seconds > 0 && seconds < 10 && whole !== seconds ? `${Number(seconds.toFixed(1))}s` : `${whole}s`;
  const parts: readonly [number, string][] = [
    [Math.floor(whole / 86_400), 'd'],
    [Math.floor(whole / 3600) % 24, 'h'],
    [Math.floor(whole / 60) % 60, 'm'],
    [whole % 60, 's'],
  ];
  const first = parts.findIndex(([count]) => count > 0);
  return parts
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count}${unit}`)
    .join('');
}
