import fc from 'fast-check';
import {expect, test} from 'vitest';
import {offsetLag} from '../../src/model/lag.ts';

test.each([
  ['in the middle', 5n, 0n, 10n, {lag: 5, lost: 0, noCursor: false, pastEnd: false}],
  ['at the end', 10n, 0n, 10n, {lag: 0, lost: 0, noCursor: false, pastEnd: false}],
  ['below the log start', 2n, 6n, 10n, {lag: 4, lost: 4, noCursor: false, pastEnd: false}],
  ['all removed', 2n, 10n, 10n, {lag: 0, lost: 8, noCursor: false, pastEnd: false}],
  ['never committed', null, 6n, 10n, {lag: 4, lost: 0, noCursor: true, pastEnd: false}],
  ['past the end', 12n, 0n, 10n, {lag: 0, lost: 0, noCursor: false, pastEnd: true}],
])('%s', (_name, cursor, first, end, expected) => {
  expect(offsetLag({cursor, first, end})).toEqual(expected);
});

test('lag never exceeds what is held, and what a cursor has before it is lag plus lost', () => {
  const offset = fc.bigInt({min: 0n, max: 2n ** 50n});
  fc.assert(
    fc.property(offset, offset, offset, (cursor, a, b) => {
      const [first, end] = a < b ? [a, b] : [b, a];
      const {lag, lost} = offsetLag({cursor, first, end});
      expect(lag).toBeLessThanOrEqual(Number(end - first));
      if (cursor <= end) expect(lag + lost).toBe(Number(end - cursor));
    }),
  );
});
