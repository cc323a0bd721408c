import {eastAsianWidth} from 'get-east-asian-width';

/*
 * What a broker holds may be hostile or simply binary: it is shown, never obeyed. Escaped are C0 and C1 controls (terminal
 * sequences begin with them), DEL, bidirectional overrides and isolates (they reorder the text around them), invisible
 * characters, line separators and lone surrogates.
 */
const unsafe =
  /[\u0000-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\uffff]|[\u{e0000}-\u{e007f}]|\p{Surrogate}/gu;

const named: Readonly<Record<string, string>> = {'\n': '\\n', '\r': '\\r', '\t': '\\t'};

function hex(char: string): string {
  const code = char.codePointAt(0) ?? 0;
  if (code < 0x100) return `\\x${code.toString(16).padStart(2, '0')}`;
  return code < 0x10000 ? `\\u${code.toString(16).padStart(4, '0')}` : `\\u{${code.toString(16)}}`;
}

/** Text on one line with nothing in it that a terminal obeys; a line break is shown as `\n`, an escape as `\x1b`. */
export function escapeText(text: string): string {
  return text.replace(unsafe, char => named[char] ?? hex(char));
}

/** A JSON or YAML document with the same characters as `\u` escapes, which leaves its meaning as it was. */
export function escapeQuoted(document: string): string {
  return document.replace(unsafe, char =>
    char === '\n'
      ? char
      : [...Array(char.length).keys()]
          .map(index => `\\u${char.charCodeAt(index).toString(16).padStart(4, '0')}`)
          .join(''),
  );
}

/** Latin letters, dashes, dots and arrows: one column each, and one code unit. */
const narrow = /^[\x20-\x7e\xa1-\xac\xae-\xff\u2010-\u2027\u2190-\u2193]*$/;

/** Made when first needed, which is seldom: making it reads the tables of all scripts, as long as the rest of a start takes. */
let segmenter: Intl.Segmenter | undefined;

function graphemes(text: string): Iterable<{readonly segment: string}> {
  segmenter ??= new Intl.Segmenter();
  return segmenter.segment(text);
}

/** Columns that escaped text takes on a terminal; wide characters take two. */
export function widthOf(text: string): number {
  if (narrow.test(text)) return text.length;
  let width = 0;
  for (const {segment} of graphemes(text)) {
    if (/^\p{Default_Ignorable_Code_Point}|^\p{Mark}/u.test(segment)) continue;
    width += /\p{Emoji_Presentation}|\ufe0f/u.test(segment) ? 2 : eastAsianWidth(segment.codePointAt(0) ?? 0);
  }
  return width;
}

/** Cuts escaped text to a width, the last column being `…` where something is missing. */
export function cutText(text: string, width: number): string {
  if (text.length <= width && widthOf(text) <= width) return text;
  if (narrow.test(text)) return `${text.slice(0, width - 1)}…`;
  let out = '';
  let used = 0;
  for (const {segment} of graphemes(text.slice(0, width * 8))) {
    used += widthOf(segment);
    if (used > width - 1) break;
    out += segment;
  }
  return `${out}…`;
}
