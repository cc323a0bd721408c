import {expect, test} from 'vitest';
import {formatSeconds, parseDuration} from '../../src/model/duration.ts';
import {Failure} from '../../src/model/failure.ts';

test.each([
  ['500ms', 500],
  ['90s', 90_000],
  ['1.5h', 5_400_000],
  ['1h30m', 5_400_000],
  ['7d', 604_800_000],
])('%s is %d ms', (word, ms) => {
  expect(parseDuration(word)).toBe(ms);
});

test.each(['', '10', 's', '-5s', '5 s', '5y', '1e3s'])('"%s" is refused', word => {
  expect(() => parseDuration(word)).toThrow(Failure);
});

test.each([
  [0, '0s'],
  [0.25, '0.3s'],
  [9.96, '10s'],
  [59.6, '1m'],
  [61, '1m1s'],
  [7500, '2h5m'],
  [86_400 * 12, '12d'],
  [86_400 + 5, '1d'],
])('%d seconds are shown as %s', (seconds, text) => {
  expect(formatSeconds(seconds)).toBe(text);
});
