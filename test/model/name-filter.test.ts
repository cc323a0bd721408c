import fc from 'fast-check';
import {expect, test} from 'vitest';
import {Failure} from '../../src/model/failure.ts';
import {isPattern, nameFilter} from '../../src/model/name-filter.ts';

test.each([
  ['orders*', 'orders.eu', true],
  ['orders*', 'my-orders', false],
  ['order?', 'orders', true],
  ['order?', 'order', false],
  ['{orders,payments}.eu', 'payments.eu', true],
  ['{orders,payments}.eu', 'refunds.eu', false],
  ['{a,b{c,d}}', 'bd', true],
  ['shard-[0-3]', 'shard-2', true],
  ['shard-[!0-3]', 'shard-2', false],
  ['a.b*', 'axb', false],
  ['a\\*', 'a*', true],
  ['a\\*', 'ab', false],
  ['/^ord.*s$/', 'orders', true],
  ['/rd/', 'orders', true],
  ['*,*', 'a,b', true],
])('%s on %s: %s', (word, name, expected) => {
  expect(nameFilter([word]).matches(name)).toBe(expected);
});

test('plain names are listed as exact, patterns are not', () => {
  expect(nameFilter(['b', 'a', 'b']).exact).toEqual(['b', 'a']);
  expect(nameFilter(['a', 'b*']).exact).toBeNull();
  expect(nameFilter([]).matches('anything')).toBe(true);
});

test('a regex that does not compile is a usage error with the reason', () => {
  expect(() => nameFilter(['/(/'])).toThrow(Failure);
});

test('a plain name matches itself and nothing else', () => {
  const plain = fc.string({minLength: 1}).filter(name => !isPattern(name));
  fc.assert(
    fc.property(plain, plain, (name, other) => {
      expect(nameFilter([name]).matches(other)).toBe(name === other);
    }),
  );
});

test('any glob compiles or is a usage error, and never throws another', () => {
  fc.assert(
    fc.property(fc.string({unit: fc.constantFrom(...'a[]{}!,*?\\-^$/')}), word => {
      try {
        nameFilter([word]).matches('a');
      } catch (error) {
        expect(error).toBeInstanceOf(Failure);
      }
    }),
  );
});
