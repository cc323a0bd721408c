import {expect, test} from 'vitest';
import {failureOf} from '../../src/formats/failure.ts';
import type {Header} from '../../src/model/message.ts';

const text = (name: string, value: string): Header => ({name, type: 'string', value});
const bytes = (name: string, value: Uint8Array): Header => ({name, type: 'bytes', value});

const nothing = {
  reason: null,
  exception: null,
  destination: null,
  partition: null,
  position: null,
  subscription: null,
  attempts: null,
  failedAt: null,
};

test('headers that say nothing of a failure', () => {
  expect(failureOf([])).toBeNull();
  expect(failureOf([text('trace', '1'), text('x-delivery-count', '3')])).toBeNull();
});

test('Spring Kafka, whose numbers are big-endian bytes', () => {
  const offset = Buffer.alloc(8);
  offset.writeBigInt64BE(12345678901n);
  expect(
    failureOf([
      text('kafka_dlt-original-topic', 'orders'),
      bytes('kafka_dlt-original-partition', Buffer.from([0, 0, 0, 3])),
      bytes('kafka_dlt-original-offset', offset),
      text('kafka_dlt-exception-fqcn', 'org.springframework.kafka.listener.ListenerExecutionFailedException'),
      text('kafka_dlt-exception-cause-fqcn', 'java.lang.IllegalStateException'),
      text('kafka_dlt-exception-message', 'no such customer'),
      text('kafka_dlt-original-consumer-group', 'billing'),
    ]),
  ).toEqual({
    ...nothing,
    framework: 'Spring Kafka',
    reason: 'no such customer',
    exception: 'java.lang.IllegalStateException',
    destination: 'orders',
    partition: '3',
    position: '12345678901',
    subscription: 'billing',
  });
});

test('four bytes that happen to be UTF-8 are still a number', () => {
  const headers = [
    text('kafka_dlt-original-topic', 'orders'),
    text('kafka_dlt-original-partition', '\u0000\u0000\u0000\u0003'),
  ];
  expect(failureOf(headers)).toMatchObject({partition: '3'});
});

test('Kafka Connect, whose numbers are text', () => {
  const headers = [
    text('__connect.errors.topic', 'orders'),
    text('__connect.errors.partition', '2'),
    text('__connect.errors.offset', '99'),
    text('__connect.errors.exception.class.name', 'org.apache.kafka.connect.errors.DataException'),
    text('__connect.errors.exception.message', ''),
  ];
  expect(failureOf(headers)).toEqual({
    ...nothing,
    framework: 'Kafka Connect',
    reason: '',
    exception: 'org.apache.kafka.connect.errors.DataException',
    destination: 'orders',
    partition: '2',
    position: '99',
  });
});

test("RabbitMQ's x-death, the newest entry first", () => {
  const time = new Date(Date.UTC(2026, 10, 23));
  const death = (queue: string): Header => ({
    name: '',
    type: 'table',
    value: [
      {name: 'count', type: 'int64', value: 2n},
      text('reason', 'rejected'),
      text('queue', queue),
      {name: 'time', type: 'timestamp', value: time},
    ],
  });
  const headers: Header[] = [{name: 'x-death', type: 'array', value: [death('payments'), death('older')]}];
  expect(failureOf(headers)).toEqual({
    ...nothing,
    framework: 'RabbitMQ',
    reason: 'rejected',
    destination: 'payments',
    attempts: 2,
    failedAt: time,
  });
});

test("an application's account stands before the broker's, and names match in any case", () => {
  const headers = [
    {name: 'x-death', type: 'array', value: []} as const,
    text('MT-Fault-ExceptionType', 'System.TimeoutException'),
    text('MT-Fault-Message', 'too late'),
  ];
  expect(failureOf(headers)).toMatchObject({framework: 'MassTransit', exception: 'System.TimeoutException'});
});

test('of a repeated header the last is the newest', () => {
  const headers = [text('dead-letter-reason', 'first'), text('dead-letter-reason', 'second')];
  expect(failureOf(headers)).toMatchObject({framework: 'SmallRye', reason: 'second'});
});

test('the file broker, which dead-letters after too many deliveries', () => {
  expect(
    failureOf([
      text('brokerctl-dead-letter-source', 'email-outbox'),
      text('brokerctl-dead-letter-position', '7'),
      text('brokerctl-dead-letter-reason', 'maxDeliveries'),
      {name: 'brokerctl-dead-letter-deliveries', type: 'int32', value: 5},
      {name: 'brokerctl-dead-letter-time', type: 'timestamp', value: new Date('2026-11-23T09:00:00Z')},
    ]),
  ).toEqual({
    ...nothing,
    framework: 'brokerctl file broker',
    reason: 'maxDeliveries',
    destination: 'email-outbox',
    position: '7',
    attempts: 5,
    failedAt: new Date('2026-11-23T09:00:00Z'),
  });
});
