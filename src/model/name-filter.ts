import {Failure} from './failure.ts';

/** Which names are meant. `exact` lists them when all were written in full, so that a driver can look up only those. */
export interface NameFilter {
  matches(name: string): boolean;
  readonly exact: readonly string[] | null;
}

export const everything: NameFilter = {matches: () => true, exact: null};

/** True when a word is a glob or a /regex/ and not a plain name. */
export function isPattern(word: string): boolean {
  return isRegex(word) || /[*?[\]{}]/.test(word);
}

/**
 * Builds a filter of names, globs (`*` any run, `?` one character, `[ab]`, `{a,b}`) and `/regexes/`; a name is in when any
 * word takes it. No words means every name. A backslash takes the next character literally.
 * @throws {Failure} `usage` on a regex that does not compile.
 */
export function nameFilter(words: readonly string[]): NameFilter {
  if (words.length === 0) return everything;
  const exact = new Set(words.filter(word => !isPattern(word)));
  const patterns = words.filter(isPattern).map(compile);
  return {
    matches: name => exact.has(name) || patterns.some(pattern => pattern.test(name)),
    exact: patterns.length === 0 ? [...exact] : null,
  };
}

function isRegex(word: string): boolean {
  return word.length > 2 && word.startsWith('/') && word.endsWith('/');
}

function compile(word: string): RegExp {
  const source = isRegex(word) ? word.slice(1, -1) : globSource(word);
  try {
    return new RegExp(source, 'u');
  } catch (error) {
    throw new Failure('usage', `"${word}" is not a valid ${isRegex(word) ? 'regex' : 'glob'}`, {
      broker: error instanceof Error ? error.message : String(error),
      hints: ['Quote patterns for the shell: brokerctl depth "orders-*"'],
      cause: error,
    });
  }
}

function globSource(glob: string): string {
  let out = '';
  let depth = 0;
  for (let index = 0; index < glob.length; index++) {
    const char = glob[index] ?? '';
    if (char === '\\') out += literal(glob[++index] ?? '\\');
    else if (char === '*') out += '.*';
    else if (char === '?') out += '.';
    else if (char === '[' && glob.indexOf(']', index + 2) > 0) {
      const end = glob.indexOf(']', index + 2);
      const inside = glob.slice(index + 1, end).replace(/[\\\]^[&|~]/g, '\\$&');
      out += inside.startsWith('!') ? `[^${inside.slice(1)}]` : `[${inside}]`;
      index = end;
    } else if (char === '{' && glob.includes('}', index)) {
      depth++;
      out += '(?:';
    } else if (char === '}' && depth > 0) {
      depth--;
      out += ')';
    } else if (char === ',' && depth > 0) out += '|';
    else out += literal(char);
  }
  return `^${out}$`;
}

function literal(char: string): string {
  return /[\^$\\.*+?()[\]{}|/]/.test(char) ? `\\${char}` : char;
}
