/** A figure beside what it should be. Benchmarks tell and do not fail: other work on the machine moves every figure. */
export function goal(what: string, value: number, limit: number, unit = ''): string {
  const met = value <= limit ? 'met' : 'MISSED';
  return `${met.padEnd(7)}${what}: ${value.toFixed(2)}${unit}, goal ≤ ${Number(limit.toFixed(3))}${unit}`;
}
