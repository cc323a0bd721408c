import fc from 'fast-check';
import {expect, test} from 'vitest';
import {judgePlaces, type KeyPlace} from '../../src/operations/key-places.ts';

const at = (partition: string, firstAt: number | null, lastAt: number | null, count = 5): KeyPlace => ({
  partition,
  count,
  firstAt,
  lastAt,
});
const moved = (from: number, to: number) => [at('0', 0, from), at('1', to, to + 100)];

test.each([
  ['keys that stay', [[at('0', 0, 9)], [at('1', 2, 5)]], null],
  ['no keys', [], null],
  ['three keys that moved at one moment', [moved(50, 60), moved(40, 70), moved(55, 58)], 'partitions-changed'],
  ['one that moved: it may be either', [moved(50, 60)], 'key-on-several-partitions'],
  ['three that moved at different times', [moved(10, 20), moved(40, 50), moved(80, 90)], 'key-on-several-partitions'],
  ['a key by turns', [[at('0', 0, 50), at('1', 10, 60)]], 'mixed-partitioners'],
  ['one within the stay of the other', [[at('0', 0, 50), at('1', 10, 10, 1)]], 'mixed-partitioners'],
  [
    'one by turns among many that moved',
    [moved(5, 9), moved(5, 9), moved(5, 9), [at('0', 0, 9), at('1', 5, 12)]],
    'mixed-partitioners',
  ],
  [
    'three partitions in turn',
    [1, 2, 3].map(() => [at('0', 0, 1), at('1', 2, 3), at('2', 4, 5)]),
    'key-on-several-partitions',
  ],
  ['times not known', [1, 2, 3].map(() => [at('0', null, null), at('1', null, null)]), 'key-on-several-partitions'],
])('%s', (_, keys, verdict) => {
  expect(judgePlaces(keys)).toBe(verdict);
});

test('the order in which keys and places are found changes nothing', () => {
  const place = fc.record({firstAt: fc.nat(50), lasts: fc.nat(50)});
  const keys = fc.array(fc.array(place, {maxLength: 3}), {maxLength: 6});
  fc.assert(
    fc.property(keys, found => {
      const places = found.map(key =>
        key.map(({firstAt, lasts}, index) => at(String(index), firstAt, firstAt + lasts)),
      );
      const reversed = [...places].reverse().map(key => [...key].reverse());
      expect(judgePlaces(reversed)).toBe(judgePlaces(places));
    }),
  );
});
