import fc from 'fast-check';
import {expect, test} from 'vitest';
import {SpaceSaving} from '../../src/operations/space-saving.ts';

const stream = fc.array(
  fc.integer({min: 0, max: 30}).map(item => `key-${Math.floor(item ** 2 / 30)}`),
  {
    minLength: 1,
    maxLength: 400,
  },
);
const capacity = fc.integer({min: 1, max: 12});

function counted(items: readonly string[], counters: number) {
  const sketch = new SpaceSaving<string>(counters);
  for (const item of items) sketch.add(item);
  const truth = new Map<string, number>();
  for (const item of items) truth.set(item, (truth.get(item) ?? 0) + 1);
  return {held: sketch.top(Number.POSITIVE_INFINITY), truth};
}

test('a count is never below the truth, and above it by no more than its error bound', () => {
  fc.assert(
    fc.property(stream, capacity, (items, counters) => {
      const {held, truth} = counted(items, counters);
      for (const {item, count, errorBound} of held) {
        const real = truth.get(item) ?? 0;
        expect(count).toBeGreaterThanOrEqual(real);
        expect(count - errorBound).toBeLessThanOrEqual(real);
        expect(errorBound).toBeLessThanOrEqual(items.length / counters);
      }
    }),
  );
});

test('what is more frequent than n/m is held, in no more than m counters', () => {
  fc.assert(
    fc.property(stream, capacity, (items, counters) => {
      const {held, truth} = counted(items, counters);
      const names = new Set(held.map(({item}) => item));
      expect(names.size).toBe(Math.min(counters, truth.size));
      for (const [item, count] of truth) if (count > items.length / counters) expect(names).toContain(item);
      expect(held.reduce((sum, {count}) => sum + count, 0)).toBe(items.length);
    }),
  );
});

test('with room for every item the counts are exact, the greatest first', () => {
  const {held} = counted(['a', 'b', 'a', 'c', 'a', 'b'], 3);
  expect(held).toEqual([
    {item: 'a', count: 3, errorBound: 0},
    {item: 'b', count: 2, errorBound: 0},
    {item: 'c', count: 1, errorBound: 0},
  ]);
});

test('the least counted item makes room, and is named', () => {
  const sketch = new SpaceSaving<string>(2);
  expect(['a', 'a', 'b', 'c'].map(item => sketch.add(item))).toEqual([undefined, undefined, undefined, 'b']);
  expect(sketch.top(1)).toEqual([{item: 'a', count: 2, errorBound: 0}]);
  expect(sketch.top(2)[1]).toEqual({item: 'c', count: 2, errorBound: 1});
});
