import type {Chapter} from './story.ts';
import {amount, bytesHeader, hourMs, progressIn, spread, traceparent} from './telling.ts';
import {avro, confluent} from './wire.ts';

const partitions = 3;

/** The registry's number of `paymentSchema`. */
export const paymentSchemaId = 42;

export const paymentSchema = {
  type: 'record',
  name: 'Payment',
  namespace: 'shop.payments',
  fields: [
    {name: 'paymentId', type: 'string'},
    {name: 'orderId', type: 'string'},
    {name: 'amount', type: 'double'},
    {name: 'authorisedAt', type: {type: 'long', logicalType: 'timestamp-millis'}},
    {name: 'declineReason', type: ['null', 'string']},
  ],
} as const;

/** Payments as Avro in Confluent's wire format. `ledger` is a few messages behind, which is nothing to act on. */
export const payments: Chapter = (random, now) => {
  const messages = spread(random, {now, overMs: 6 * hourMs, count: 260, partitions}, (index, time) => {
    const declined = random.next() < 0.06;
    const orderId = `o-${100_000 + index * 2}`;
    return {
      key: orderId,
      headers: [traceparent(random), bytesHeader('attempt', Uint8Array.of(random.between(1, 3)))],
      body: confluent(paymentSchemaId, [
        ...avro.string(`p-${500_000 + index}`),
        ...avro.string(orderId),
        ...avro.double(amount(random)),
        ...avro.long(time.getTime()),
        ...(declined
          ? avro.union(1, avro.string(random.pick('insufficient funds', 'expired card')))
          : avro.union(0, [])),
      ]),
    };
  });
  return {
    destinations: [{name: 'payments', kind: 'topic', partitions, messages}],
    subscriptions: [
      {
        name: 'ledger',
        members: ['ledger-0', 'ledger-1', 'ledger-2'],
        deadLetter: 'payments-sink-dlq',
        progress: progressIn('payments', partitions, messages, (count, partition) => ({
          read: count - random.between(0, 3),
          member: `ledger-${partition}`,
        })),
      },
    ],
  };
};
