import type {Measured} from '../model/depth.ts';
import type {ContextWarning} from '../model/report.ts';

/** A sum that hides nothing: `null` as soon as one part is unknown, and over nothing at all. */
export function sum(parts: readonly (number | null)[]): number | null {
  let total = 0;
  for (const part of parts) {
    if (part === null) return null;
    total += part;
  }
  return parts.length === 0 ? null : total;
}

/** The greatest part, `null` as soon as one is unknown. */
export function greatest(parts: readonly (number | null)[]): number | null {
  return sum(parts) === null ? null : Math.max(...parts.map(part => part ?? 0));
}

/** How a number put together from others was come by: exact when all were, and as old as the oldest. */
export function measuredTogether(parts: readonly Measured[], now: Date): {method: string; exact: boolean; asOf: Date} {
  return {
    method: [...new Set(parts.map(({method}) => method))].join(', ') || 'none',
    exact: parts.every(({exact}) => exact),
    asOf: parts.reduce((oldest, {asOf}) => (asOf < oldest ? asOf : oldest), parts[0]?.asOf ?? now),
  };
}

/** One warning for each thing said of several names, with the first few of them. */
export function grouped(
  code: string,
  context: string,
  said: readonly {readonly about: string; readonly text: string | undefined}[],
): ContextWarning[] {
  const byText = new Map<string, string[]>();
  for (const {about, text} of said) {
    if (text === undefined) continue;
    const names = byText.get(text) ?? [];
    if (!names.includes(about)) names.push(about);
    byText.set(text, names);
  }
  return [...byText].map(([text, names]) => {
    const more = names.length > 3 ? ` and ${names.length - 3} more` : '';
    return {code, context, message: `${names.slice(0, 3).join(', ')}${more}: ${text}`};
  });
}
