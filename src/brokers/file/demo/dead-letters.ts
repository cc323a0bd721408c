import type {Header} from '../../../model/message.ts';
import type {Random} from './random.ts';
import type {Chapter, StoryDestination} from './story.ts';
import {amount, bytesHeader, header, hourMs, json, spread} from './telling.ts';

/** One framework's dead letters: where they are kept, how many, and the headers in which it tells what happened. */
interface Morgue {
  readonly name: string;
  readonly kind: 'topic' | 'queue';
  readonly count: number;
  readonly overMs: number;
  readonly headers: (random: Random, time: Date) => readonly Header[];
}

const morgues: readonly Morgue[] = [
  {name: 'orders-dlt', kind: 'topic', count: 46, overMs: 26 * hourMs, headers: springKafka},
  {name: 'payments-sink-dlq', kind: 'topic', count: 21, overMs: 9 * hourMs, headers: kafkaConnect},
  {name: 'orders-enriched-dlq', kind: 'topic', count: 9, overMs: 5 * hourMs, headers: kafkaStreams},
  {name: 'shipments-tracking-DLQ', kind: 'topic', count: 12, overMs: 40 * hourMs, headers: pulsar},
  {name: 'dead-letter-topic-returns', kind: 'topic', count: 8, overMs: 15 * hourMs, headers: smallRye},
  {name: 'error', kind: 'queue', count: 11, overMs: 60 * hourMs, headers: nServiceBus},
  {name: 'invoices_error', kind: 'queue', count: 6, overMs: 18 * hourMs, headers: massTransit},
];

/** Dead letters as seven frameworks make them; RabbitMQ's own are with the e-mails. */
export const deadLetters: Chapter = (random, now) => ({
  destinations: morgues.map(({name, kind, count, overMs, headers}): StoryDestination => {
    const partitions = kind === 'queue' ? null : 1;
    const messages = spread(random, {now, overMs, count, partitions}, (index, time) => ({
      key: kind === 'queue' ? null : `customer-${String(random.between(8, 400)).padStart(4, '0')}`,
      headers: [header('content-type', 'application/json'), ...headers(random, time)],
      body: json({orderId: `o-${90_000 + index}`, total: amount(random), currency: 'EUR'}),
    }));
    return {name, kind, partitions: 1, messages};
  }),
  subscriptions: [],
});

/** Partition, offset and time are big-endian numbers of 4, 8 and 8 bytes. */
function springKafka(random: Random, time: Date): Header[] {
  const [exception, cause, message] = random.pick(
    [
      'org.springframework.kafka.listener.ListenerExecutionFailedException',
      'com.fasterxml.jackson.core.io.JsonEOFException',
      `Unexpected end-of-input within/between Object entries at line 1, column ${random.between(40, 220)}`,
    ],
    [
      'org.springframework.kafka.listener.ListenerExecutionFailedException',
      'java.net.SocketTimeoutException',
      `Read timed out after ${random.between(3, 9)}000 ms calling inventory-${random.between(1, 4)}`,
    ],
    [
      'org.springframework.kafka.listener.ListenerExecutionFailedException',
      'org.springframework.dao.DataIntegrityViolationException',
      `Duplicate entry 'o-${random.between(90_000, 99_999)}' for key 'orders.PRIMARY'`,
    ],
  );
  return [
    bytesHeader('kafka_dlt-original-topic', Buffer.from('orders')),
    bytesHeader('kafka_dlt-original-partition', int32(random.between(0, 5))),
    bytesHeader('kafka_dlt-original-offset', int64(random.between(0, 60))),
    bytesHeader('kafka_dlt-original-timestamp', int64(time.getTime() - random.between(500, 60_000))),
    header('kafka_dlt-original-timestamp-type', 'CreateTime'),
    header('kafka_dlt-original-consumer-group', 'fulfilment'),
    header('kafka_dlt-exception-fqcn', exception),
    header('kafka_dlt-exception-cause-fqcn', cause),
    header('kafka_dlt-exception-message', `Listener failed; ${message}`),
    header(
      'kafka_dlt-exception-stacktrace',
      `${cause}: ${message}\n\tat shop.fulfilment.OrderListener.on(OrderListener.java:48)`,
    ),
  ];
}

function kafkaConnect(random: Random): Header[] {
  const [exception, message] = random.pick(
    ['org.apache.kafka.connect.errors.DataException', 'Failed to deserialize data for topic payments to Avro'],
    ['io.confluent.connect.jdbc.sink.TableAlterOrCreateException', 'Table "payment" is missing fields [declineReason]'],
  );
  return [
    header('__connect.errors.topic', 'payments'),
    header('__connect.errors.partition', String(random.between(0, 2))),
    header('__connect.errors.offset', String(random.between(0, 80))),
    header('__connect.errors.connector.name', 'payments-jdbc-sink'),
    header('__connect.errors.task.id', String(random.between(0, 1))),
    header('__connect.errors.stage', 'VALUE_CONVERTER'),
    header('__connect.errors.class.name', 'io.confluent.connect.avro.AvroConverter'),
    header('__connect.errors.exception.class.name', exception),
    header('__connect.errors.exception.message', message),
    header('__connect.errors.exception.stacktrace', `${exception}: ${message}\n\tat org.apache.kafka.connect.runtime`),
  ];
}

function kafkaStreams(random: Random): Header[] {
  return [
    header('__streams.errors.exception', 'org.apache.kafka.common.errors.SerializationException'),
    header(
      '__streams.errors.message',
      `Size of data received by LongDeserializer is not 8 but ${random.between(2, 7)}`,
    ),
    header('__streams.errors.stacktrace', 'at org.apache.kafka.streams.processor.internals.RecordDeserializer'),
    header('__streams.errors.topic', 'orders'),
    header('__streams.errors.partition', String(random.between(0, 5))),
    header('__streams.errors.offset', String(random.between(0, 60))),
  ];
}

/** Pulsar's client records no reason. The misspelt name is what its Java and Go clients write. */
function pulsar(random: Random): Header[] {
  return [
    header('REAL_TOPIC', 'persistent://public/default/shipments'),
    header('ORIGIN_MESSAGE_IDY_TIME', `${random.between(100, 900)}:${random.between(0, 90)}:-1`),
    header('RECONSUMETIMES', String(random.between(3, 16))),
  ];
}

function smallRye(random: Random): Header[] {
  return [
    header('dead-letter-reason', `Return window of 30 days has passed by ${random.between(1, 9)} days`),
    header('dead-letter-exception-class-name', 'shop.returns.ReturnRefusedException'),
    header('dead-letter-topic', 'returns'),
    header('dead-letter-partition', '0'),
    header('dead-letter-offset', String(random.between(0, 400))),
  ];
}

/** Its times are written `yyyy-MM-dd HH:mm:ss:ffffff Z`. */
function nServiceBus(random: Random, time: Date): Header[] {
  const failedAt = `${time.toISOString().slice(0, 19).replace('T', ' ')}:${String(time.getMilliseconds()).padStart(3, '0')}000 Z`;
  return [
    header(
      'NServiceBus.MessageId',
      `${random.hex(8)}-${random.hex(4)}-${random.hex(4)}-${random.hex(4)}-${random.hex(12)}`,
    ),
    header('NServiceBus.EnclosedMessageTypes', 'Shop.Messages.ReserveStock'),
    header('NServiceBus.FailedQ', 'stock'),
    header('NServiceBus.TimeOfFailure', failedAt),
    header(
      'NServiceBus.ExceptionInfo.ExceptionType',
      random.pick('System.TimeoutException', 'Shop.OutOfStockException'),
    ),
    header('NServiceBus.ExceptionInfo.Message', `No stock row for SKU-${random.between(1000, 1400)}`),
    header('NServiceBus.ExceptionInfo.StackTrace', 'at Shop.StockHandler.Handle(ReserveStock message)'),
  ];
}

function massTransit(random: Random, time: Date): Header[] {
  return [
    header('MT-Reason', 'fault'),
    header('MT-Fault-ExceptionType', 'System.Net.Http.HttpRequestException'),
    header('MT-Fault-Message', `Response status code does not indicate success: ${random.pick(502, 503)}`),
    header('MT-Fault-Timestamp', time.toISOString()),
    header('MT-Fault-InputAddress', 'rabbitmq://broker/invoices'),
    header('MT-Fault-ConsumerType', 'Shop.Invoices.InvoiceConsumer'),
    header('MT-Fault-RetryCount', String(random.between(3, 5))),
  ];
}

function int32(value: number): Uint8Array {
  const out = Buffer.alloc(4);
  out.writeInt32BE(value);
  return new Uint8Array(out);
}

function int64(value: number): Uint8Array {
  const out = Buffer.alloc(8);
  out.writeBigInt64BE(BigInt(value));
  return new Uint8Array(out);
}
