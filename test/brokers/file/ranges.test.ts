import fc from 'fast-check';
import {expect, test} from 'vitest';
import {
  countWithin,
  formatRanges,
  holds,
  parseRanges,
  subtract,
  union,
  withPositions,
  type Ranges,
} from '../../../src/brokers/file/ranges.ts';

const positions = fc.uniqueArray(fc.nat(30));

function members(ranges: Ranges): number[] {
  return Array.from({length: 40}, (_, position) => position).filter(position => holds(ranges, position));
}

const sorted = (numbers: Iterable<number>) => [...new Set(numbers)].sort((a, b) => a - b);

test('ranges are sets of positions, in order, neither touching nor empty', () => {
  fc.assert(
    fc.property(positions, positions, (one, other) => {
      const [a, b] = [withPositions([], one), withPositions([], other)];
      expect(members(union(a, b))).toEqual(sorted([...one, ...other]));
      expect(members(subtract(a, b))).toEqual(sorted(one.filter(position => !other.includes(position))));
      for (const ranges of [a, union(a, b), subtract(a, b)]) {
        expect(ranges.every(([from, to], index) => from < to && (ranges[index - 1]?.[1] ?? -1) < from)).toBe(true);
        expect(parseRanges(formatRanges(ranges))).toEqual(ranges);
      }
      expect(countWithin(a, 5, 20)).toBe(one.filter(position => position >= 5 && position < 20).length);
    }),
  );
});

test('a word that is no range says so', () => {
  expect(() => parseRanges(['9-3'])).toThrow('"9-3" is not a range');
  expect(() => parseRanges(['many'])).toThrow('"many" is not a range');
});
