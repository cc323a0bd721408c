import {expect, test} from 'vitest';
import {isAtLeast, lives} from '../../../src/brokers/rabbitmq/queue-facts.ts';
import type {QueueFacts} from '../../../src/brokers/rabbitmq/queue-facts.ts';

const quorum: QueueFacts = {type: 'quorum', deliveryLimit: null};
const free = {returnsLeft: null, last: false};

test.each([
  ['a classic queue', {type: 'classic', deliveryLimit: 3}, '4.0.5', 2, free],
  ['4.0 by default, first look', quorum, '4.0.5', 0, {returnsLeft: 19, last: false}],
  ['4.0 by default, twentieth look', quorum, '4.0.5', 19, {returnsLeft: 0, last: false}],
  ['4.0 by default, twenty-first look', quorum, '4.0.5', 20, {returnsLeft: 0, last: true}],
  ['4.0 with a limit', {...quorum, deliveryLimit: 3}, '4.0.5', 1, {returnsLeft: 1, last: false}],
  ['4.0 without a limit', {...quorum, deliveryLimit: -1}, '4.0.5', 99, free],
  ['4.3 does not count', quorum, '4.3.6', 99, free],
  ['3.10 by default', quorum, '3.10.8', 99, free],
  ['3.10 with -1', {...quorum, deliveryLimit: -1}, '3.10.8', 0, {returnsLeft: 0, last: true}],
  ['an unknown type', {type: null, deliveryLimit: null}, '4.0.5', 0, {returnsLeft: 19, last: false}],
  ['an unknown version', quorum, null, 20, {returnsLeft: 0, last: true}],
] as const)('lives: %s', (_name, facts, version, putBack, expected) => {
  expect(lives(facts, version, putBack)).toEqual(expected);
});

test('versions are compared by number', () => {
  expect(isAtLeast('4.10.0', 4, 3)).toBe(true);
  expect(isAtLeast('3.13.7', 4, 0)).toBe(false);
  expect(isAtLeast('4.0.0-beta.1', 4, 0)).toBe(true);
  expect(isAtLeast(null, 0, 1)).toBe(false);
});
