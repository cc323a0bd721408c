import {Failure} from '../model/failure.ts';
import {isPattern, type NameFilter, nameFilter} from '../model/name-filter.ts';
import type {ContextWarning} from '../model/report.ts';

/** One word of the command line: a name, glob or /regex/ of destinations, and the partition that `:3` after it may mean. */
interface Word {
  readonly text: string;
  readonly whole: NameFilter;
  readonly pattern: boolean;
  /** What the word means when no destination has it as its full name. */
  readonly split: {readonly names: NameFilter; readonly partition: string} | null;
}

/** Which partitions of a destination are meant; `null` is all of them. */
export type Partitions = ReadonlySet<string> | null;

/** Destinations as the command line names them: `orders`, `orders-*`, `/^orders/`, `orders:3`. */
export class Selection {
  readonly #words: readonly Word[];

  constructor(texts: readonly string[]) {
    this.#words = texts.map(text => {
      const match = /^([^/].*):([\w.-]+)$/s.exec(text);
      return {
        text,
        whole: nameFilter([text]),
        pattern: isPattern(text),
        split: match?.[1] && match[2] ? {names: nameFilter([match[1]]), partition: match[2]} : null,
      };
    });
  }

  /** What to ask the broker for: it takes a little more than is meant, for `a:3` may be a name or a partition. */
  get names(): NameFilter {
    const filters = this.#words.flatMap(({whole, split}) => (split ? [whole, split.names] : [whole]));
    if (filters.length === 0) return nameFilter([]);
    return {
      matches: name => filters.some(filter => filter.matches(name)),
      exact: filters.every(({exact}) => exact) ? filters.flatMap(({exact}) => exact ?? []) : null,
    };
  }

  /** What of each destination is meant; one that is not meant is left out. */
  pick(found: readonly string[]): Map<string, Partitions> {
    const picked = new Map<string, Partitions>();
    for (const name of found) {
      if (this.#words.length === 0 || this.#words.some(({whole}) => whole.matches(name))) {
        picked.set(name, null);
        continue;
      }
      const partitions = this.#words
        .filter(word => !found.some(other => word.whole.matches(other)))
        .flatMap(({split}) => (split?.names.matches(name) ? [split.partition] : []));
      if (partitions.length > 0) picked.set(name, new Set(partitions));
    }
    return picked;
  }

  /** Words that no name answers to. */
  unmatched(found: readonly string[]): Unmatched[] {
    return this.#words
      .filter(({whole, split}) => !found.some(name => whole.matches(name) || split?.names.matches(name)))
      .map(({text, pattern}) => ({text, pattern}));
  }
}

export interface Unmatched {
  readonly text: string;
  readonly pattern: boolean;
}

/**
 * What to say of words that matched nothing, by the contexts that answered. A name that none of them has is a failure; a
 * name that another one has, and a pattern, is a warning.
 */
export function sayUnmatched(
  answers: ReadonlyMap<string, readonly Unmatched[]>,
  {one, list, scope = ''}: {readonly one: string; readonly list: string; readonly scope?: string},
): {warnings: ContextWarning[]; failures: Failure[]} {
  const words = new Map([...answers.values()].flat().map(word => [word.text, word]));
  const warnings: ContextWarning[] = [];
  const nowhere: string[] = [];
  for (const {text, pattern} of words.values()) {
    const without = [...answers].filter(([, missed]) => missed.some(word => word.text === text)).map(([name]) => name);
    if (!pattern && without.length === answers.size) {
      nowhere.push(`"${text}"`);
      continue;
    }
    const said = pattern ? `No ${one} matches ${text}` : `There is no ${one} "${text}"`;
    const context = without.length === 1 ? (without[0] ?? null) : null;
    warnings.push({code: 'noMatch', context, message: `${said}${scope} on ${without.join(', ')}`});
  }
  if (nowhere.length === 0) return {warnings, failures: []};
  const names = `${nowhere.slice(0, 3).join(', ')}${nowhere.length > 3 ? ` and ${nowhere.length - 3} more` : ''}`;
  const contexts = [...answers.keys()];
  const failure = new Failure('notFound', `There is no ${one} ${names}${scope} on ${contexts.join(', ')}`, {
    hints: [`See what there is: brokerctl ${list}`, 'Names are case-sensitive; quote globs for the shell.'],
    context: contexts.length === 1 ? (contexts[0] ?? null) : null,
  });
  return {warnings, failures: [failure]};
}
