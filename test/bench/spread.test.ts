import {expect, test} from 'vitest';
import {ratioOf, show, spreadOf} from './spread.ts';

test('the median of an even number of values lies between the middle two', () => {
  expect(spreadOf([10, 1, 3, 2])).toEqual({min: 1, median: 2.5, max: 10});
  expect(spreadOf([5, 9, 1])).toEqual({min: 1, median: 5, max: 9});
  expect(() => spreadOf([])).toThrow('no values');
});

test('ratios pair the runs of one round', () => {
  // The second round was slow for both: paired, it says the same as the first.
  expect(ratioOf([10, 40], [5, 20])).toEqual({min: 2, median: 2, max: 2});
});

test('a spread is shown with its ends', () => {
  expect(show({min: 1, median: 2.345, max: 9}, 1)).toBe('2.3 (1.0–9.0)');
});
