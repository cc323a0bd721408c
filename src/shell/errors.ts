import {Errors} from '@oclif/core';
import {Failure} from '../model/failure.ts';
import {escapeText} from '../output/escape.ts';
import {redact} from './redaction.ts';

/**
 * Whatever was thrown, as a Failure: a Failure as it is, a mistake on the command line as `usage`, anything else as a bug.
 * `words` are the command line's known words, for "did you mean".
 */
export function asFailure(error: unknown, words: readonly string[] = []): Failure {
  if (error instanceof Failure) return withoutParserText(error);
  if (error instanceof Errors.CLIError) return usage(error, words);
  const thrown = error instanceof Error ? error : new Error(String(error));
  return new Failure('bug', `Something went wrong inside brokerctl: ${thrown.message}`, {
    hints: ['Please report this with the lines above and the output of: brokerctl version'],
    cause: thrown,
  });
}

/** oclif rewrites the message of what a flag's parser throws; the flag's name is worth keeping, the rest is not. */
function withoutParserText(failure: Failure): Failure {
  const match = /^Parsing (--\S+) \n\t(.*)\nSee more help with --help$/s.exec(failure.message);
  if (!match) return failure;
  return new Failure(failure.kind, `${match[1]}: ${match[2]}`, {broker: failure.broker, hints: failure.hints});
}

function usage(error: Error, words: readonly string[]): Failure {
  const message = error.message
    .replace(/\nSee more help with --help$/, '')
    .replace(/\n\nNote: .*$/s, '')
    .replace(/^Parsing (--\S+) *\n\t/, '$1: ')
    .replace(/\s*\n\s*/g, ' ');
  const unknown = /^Nonexistent flags?: (.*)$/m.exec(message)?.[1]?.split(', ') ?? [];
  const hints = unknown.flatMap(flag => {
    const near = nearest(flag.replace(/=.*$/s, ''), words);
    return near === null ? [] : [`Did you mean ${near}?`];
  });
  return new Failure('usage', unknown.length > 0 ? `Unknown flag: ${unknown.join(', ')}` : message, {
    hints: [...hints, 'See the flags with --help.'],
    cause: error,
  });
}

/** The known word nearest to a mistyped one, `null` when none is near. */
export function nearest(word: string, words: readonly string[]): string | null {
  let best: string | null = null;
  let least = Math.max(2, Math.floor(word.length / 3)) + 1;
  for (const candidate of words) {
    const distance = candidate.startsWith(word) && word.length > 2 ? 1 : editDistance(word, candidate);
    if (distance < least) [best, least] = [candidate, distance];
  }
  return best;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({length: b.length + 1}, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

/** The failure for people: what could not be done, what was answered, what to try. Nothing in it is obeyed by a terminal. */
export function errorText(failure: Failure): string {
  const lines = [`Error${failure.context === null ? '' : ` [${failure.context}]`}: ${escapeText(failure.message)}`];
  if (failure.broker !== null) lines.push(`  Reason: ${failure.broker.trimEnd().replaceAll('\n', '\n          ')}`);
  for (const [index, hint] of failure.hints.entries())
    lines.push(`${index === 0 ? '  Try: ' : '       '}${escapeText(hint)}`);
  if (failure.kind === 'bug' && failure.cause instanceof Error)
    lines.unshift(failure.cause.stack ?? failure.cause.message);
  return `${redact(lines.join('\n')).split('\n').map(escapeText).join('\n')}\n`;
}

/** The failure for programs, as the contract has it. */
export function errorDocument(command: string, {kind, message, broker, hints, context}: Failure): string {
  const error = {
    kind,
    message: redact(message),
    broker: broker === null ? null : redact(broker),
    hints: hints.map(redact),
    context,
  };
  return `${JSON.stringify({command, version: 1, error})}\n`;
}
