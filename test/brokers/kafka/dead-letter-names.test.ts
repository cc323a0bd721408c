import {expect, test} from 'vitest';
import {deadLetterName} from '../../../src/brokers/kafka/dead-letter-names.ts';

const topics = new Set(['orders', 'orders.eu', 'payments']);

test.each<[string, {source: string | null; foundBy: string} | null]>([
  ['orders', null],
  ['orders-retry-0', null],
  ['dead', null],
  ['terror', null],
  ['-dlt', null],
  ['orders-dlt', {source: 'orders', foundBy: 'name -dlt'}],
  ['orders.DLT', {source: 'orders', foundBy: 'name .DLT'}],
  ['payments_dlq', {source: 'payments', foundBy: 'name _dlq'}],
  ['unknown.dlq', {source: null, foundBy: 'name .dlq'}],
  ['orders-dead-letter', {source: 'orders', foundBy: 'name -dead-letter'}],
  ['payments-errors', {source: 'payments', foundBy: 'name -errors'}],
  ['error.orders.billing', {source: 'orders', foundBy: 'name error.'}],
  ['error.orders.eu.billing', {source: 'orders.eu', foundBy: 'name error.'}],
  ['error.nothing.billing', {source: null, foundBy: 'name error.'}],
  ['dead-letter-topic-payments', {source: 'payments', foundBy: 'name dead-letter-topic-'}],
  ['dlq.orders', {source: 'orders', foundBy: 'name dlq.'}],
])('%s', (name, expected) => {
  expect(deadLetterName(name, topic => topics.has(topic))).toEqual(expected);
});
