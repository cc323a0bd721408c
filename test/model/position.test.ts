import fc from 'fast-check';
import {expect, test} from 'vitest';
import {Failure} from '../../src/model/failure.ts';
import {formatPosition, parsePosition} from '../../src/model/position.ts';

const now = new Date('2026-11-23T12:00:00Z');

test.each([
  ['earliest', {at: 'earliest'}],
  ['latest', {at: 'latest'}],
  ['42', {at: 'offset', offset: 42n}],
  ['18446744073709551616', {at: 'offset', offset: 18446744073709551616n}],
  ['+10', {at: 'shift', by: 10n}],
  ['-10', {at: 'shift', by: -10n}],
  ['native:5:1:-1', {at: 'native', token: '5:1:-1'}],
  ['@2026-11-23T09:00Z', {at: 'time', time: new Date('2026-11-23T09:00:00Z')}],
  ['@2026-11-23T09:00:00', {at: 'time', time: new Date('2026-11-23T09:00:00Z')}],
  ['@2026-11-23 09:00:00+02:00', {at: 'time', time: new Date('2026-11-23T07:00:00Z')}],
  ['@2026-11-23', {at: 'time', time: new Date('2026-11-23T00:00:00Z')}],
  ['@-15m', {at: 'time', time: new Date('2026-11-23T11:45:00Z')}],
  ['@-1h30m', {at: 'time', time: new Date('2026-11-23T10:30:00Z')}],
])('%s is read', (word, position) => {
  expect(parsePosition(word, now)).toEqual(position);
});

test.each([
  '',
  'first',
  '1.5',
  '@',
  '@yesterday',
  '@2026-13-45',
  '@2026-11-23T25:00Z',
  'native:',
  '@-15',
  '@-99999999999999w',
  '--5',
])('"%s" is refused as usage', word => {
  expect(() => parsePosition(word, now)).toThrow(Failure);
  expect(() => parsePosition(word, now)).toThrow(expect.objectContaining({kind: 'usage'}));
});

test('what is formatted is read back', () => {
  const position = fc.oneof(
    fc.bigInt({min: 0n, max: 2n ** 64n}).map(offset => ({at: 'offset', offset}) as const),
    fc.bigInt({min: -(2n ** 63n), max: 2n ** 63n}).map(by => ({at: 'shift', by}) as const),
    fc
      .date({min: new Date(0), max: new Date('9999-12-31'), noInvalidDate: true})
      .map(time => ({at: 'time', time}) as const),
    fc.string({minLength: 1}).map(token => ({at: 'native', token}) as const),
  );
  fc.assert(
    fc.property(position, given => {
      expect(parsePosition(formatPosition(given), now)).toEqual(given);
    }),
  );
});
