import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {cutText, escapeQuoted, escapeText, widthOf} from '../../src/output/escape.ts';

/** What a terminal may obey, or what hides or reorders text: by code point, written apart from the code under test. */
function obeyed(text: string): boolean {
  return [...text].some(char => {
    const code = char.codePointAt(0) ?? 0;
    const control = code < 0x20 || (code >= 0x7f && code <= 0x9f);
    const bidi =
      [0x200e, 0x200f, 0x61c].includes(code) ||
      (code >= 0x202a && code <= 0x202e) ||
      (code >= 0x2066 && code <= 0x2069);
    return control || bidi || code === 0x2028 || code === 0x2029 || (code >= 0xd800 && code <= 0xdfff);
  });
}

describe('escapeText', () => {
  test.each([
    ['\u001b[31mred', '\\x1b[31mred'],
    ['a\nb\tc\rd', 'a\\nb\\tc\\rd'],
    ['\u009b2J', '\\x9b2J'],
    ['\u202egnp.exe', '\\u202egnp.exe'],
    ['zero\u200bwidth\ufeff', 'zero\\u200bwidth\\ufeff'],
    ['\ud800', '\\ud800'],
    ['tag\u{e0041}', 'tag\\u{e0041}'],
    ['héllo 日本 👩‍💻', 'héllo 日本 👩‍💻'],
  ])('%j', (given, shown) => {
    expect(escapeText(given)).toBe(shown);
  });

  test('nothing that is obeyed is left of any text', () => {
    fc.assert(fc.property(fc.string({unit: 'binary'}), text => !obeyed(escapeText(text))));
    fc.assert(
      fc.property(
        fc.string({unit: fc.nat({max: 0xffff}).map(code => String.fromCharCode(code))}),
        text => !obeyed(escapeText(text)),
      ),
    );
  });
});

test('escaped JSON is the same JSON', () => {
  const units = fc.string({unit: fc.nat({max: 0xffff}).map(code => String.fromCharCode(code))});
  fc.assert(
    fc.property(fc.oneof(units, fc.string({unit: 'binary'})), text => {
      const json = escapeQuoted(JSON.stringify({text}));
      expect(obeyed(json)).toBe(false);
      expect(JSON.parse(json)).toEqual({text});
    }),
  );
});

test('a text is cut to the width it takes on a terminal', () => {
  expect(cutText('orders', 6)).toBe('orders');
  expect(cutText('orders!', 6)).toBe('order…');
  expect(cutText('日本語', 6)).toBe('日本語');
  expect(cutText('日本語!', 6)).toBe('日本…');
  fc.assert(
    fc.property(fc.string({unit: 'grapheme'}), fc.integer({min: 2, max: 40}), (text, width) => {
      const shown = escapeText(text);
      expect(widthOf(cutText(shown, width))).toBeLessThanOrEqual(width);
    }),
  );
});
