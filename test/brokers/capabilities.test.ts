import {expect, test} from 'vitest';
import {
  emulated,
  native,
  none,
  operations,
  requireSupport,
  type Capabilities,
  type Operation,
} from '../../src/brokers/capabilities.ts';

const names = Object.keys(operations) as Operation[];
const all = Object.fromEntries(names.map(name => [name, native])) as Capabilities;

test('a native operation passes without a caveat', () => {
  expect(requireSupport(all, 'read.range', 'a queue')).toBeNull();
});

test('an emulated one passes with its caveat', () => {
  expect(requireSupport({...all, take: emulated('counts as a delivery')}, 'take', 'a queue')).toBe(
    'counts as a delivery',
  );
});

test('none is refused with the reason and the way round', () => {
  const capabilities = {...all, 'cursor.move': none('a queue has no cursor', 'use replay')};
  expect(() => requireSupport(capabilities, 'cursor.move', 'orders')).toThrow(
    expect.objectContaining({
      kind: 'unsupported',
      broker: 'a queue has no cursor',
      hints: ['use replay'],
      exitCode: 76,
    }),
  );
});
