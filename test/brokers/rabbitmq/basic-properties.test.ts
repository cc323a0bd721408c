import {expect, test} from 'vitest';
import {decodeProperties, encodeProperties} from '../../../src/brokers/rabbitmq/basic-properties.ts';
import type {BasicProperties} from '../../../src/brokers/rabbitmq/basic-properties.ts';
import {Failure} from '../../../src/model/failure.ts';

const every: Required<BasicProperties> = {
  contentType: 'text/plain',
  contentEncoding: 'gzip',
  headers: Buffer.from('0161560162', 'hex'),
  deliveryMode: 2,
  priority: 9,
  correlationId: 'c',
  replyTo: '',
  expiration: '60000',
  messageId: 'hé',
  timestamp: 1_700_000_000_123n,
  type: 't',
  userId: 'guest',
  appId: 'a',
  clusterId: Buffer.from([0xff]),
};

test('every property comes back as it went', () => {
  expect(decodeProperties(encodeProperties(every))).toEqual(every);
});

test('an absent property is not sent, and an empty table differs from none', () => {
  expect(encodeProperties({}).toString('hex')).toBe('0000');
  expect(encodeProperties({headers: Buffer.alloc(0)}).toString('hex')).toBe('200000000000');
  expect(decodeProperties(Buffer.from('0000', 'hex'))).toEqual({});
});

test('each property stands alone at its flag', () => {
  for (const name of Object.keys(every) as (keyof BasicProperties)[]) {
    expect(decodeProperties(encodeProperties({[name]: every[name]}))).toEqual({[name]: every[name]});
  }
});

test('cut short anywhere is a Failure', () => {
  const bytes = encodeProperties(every);
  for (let length = 0; length < bytes.length; length++) {
    expect(() => decodeProperties(bytes.subarray(0, length))).toThrow(Failure);
  }
});

test('what does not fit is a Failure', () => {
  expect(() => encodeProperties({priority: 256})).toThrow(Failure);
  expect(() => encodeProperties({type: 'x'.repeat(256)})).toThrow(Failure);
});
