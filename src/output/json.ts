import type {ContextWarning} from '../model/report.ts';
import {escapeQuoted} from './escape.ts';

/** The version of the envelope; it changes when a key that scripts may use is renamed or removed. */
export const envelopeVersion = 1;

/** A datum as JSON holds it: bigint as its digits, a time as ISO-8601 UTC, bytes as base64, unknown as `null`. */
export function jsonValue(value: unknown): unknown {
  if (value === undefined || value === null) return null;
  if (typeof value === 'bigint') return String(value);
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (Array.isArray(value)) return value.map(jsonValue);
  if (typeof value === 'object')
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, jsonValue(inner)]));
  return value;
}

/** JSON on one line, with `\u` escapes where a terminal would obey a character. */
export function jsonText(value: unknown): string {
  return escapeQuoted(JSON.stringify(value));
}

/** The envelope's beginning, up to the rows, so that rows can be written as they come. */
export function openEnvelope(command: string, contexts: readonly string[]): string {
  return `{\n  "command": ${jsonText(command)},\n  "version": ${envelopeVersion},\n  "contexts": ${jsonText(contexts)},\n  "result": [`;
}

export function closeEnvelope(warnings: readonly ContextWarning[]): string {
  return `\n  ],\n  "warnings": [${warnings.map(warning => `\n    ${jsonText(warning)}`).join(',')}${warnings.length ? '\n  ' : ''}]\n}\n`;
}
