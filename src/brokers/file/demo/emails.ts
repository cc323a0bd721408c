import type {Header} from '../../../model/message.ts';
import type {Random} from './random.ts';
import type {Chapter} from './story.ts';
import {header, hourMs, json, minuteMs, spread} from './telling.ts';

const queue = 'email-outbox';

/** A queue of e-mails waiting to be sent, and those that RabbitMQ dead-lettered, with the `x-death` it writes. */
export const emailOutbox: Chapter = (random, now) => ({
  destinations: [
    {
      name: queue,
      kind: 'queue',
      partitions: 1,
      deadLetter: {destination: `${queue}.dlq`, maxDeliveries: 5},
      messages: spread(random, {now, overMs: 20 * minuteMs, count: 34, partitions: null}, index =>
        email(random, index),
      ),
    },
    {
      name: `${queue}.dlq`,
      kind: 'queue',
      partitions: 1,
      messages: spread(random, {now, overMs: 30 * hourMs, count: 14, partitions: null}, (index, time) => {
        const told = email(random, index + 1000);
        return {...told, headers: [...told.headers, ...deaths(random, time)]};
      }),
    },
  ],
  subscriptions: [],
});

function email(random: Random, index: number) {
  const to = `customer-${String(random.between(8, 400)).padStart(4, '0')}@example.org`;
  const template = random.pick('order-confirmed', 'parcel-on-its-way', 'password-reset');
  return {
    id: `mail-${index}`,
    headers: [header('content-type', 'application/json'), {name: 'priority', type: 'uint8', value: 3} as const],
    body: json({to, template, language: random.pick('de', 'en', 'sv')}),
  };
}

/** AMQP 0-9-1: an array of tables, the newest death first; `time` is when the message first died so. */
function deaths(random: Random, time: Date): Header[] {
  const reason = random.pick('rejected', 'delivery_limit', 'expired');
  const death: Header[] = [
    {name: 'count', type: 'int64', value: BigInt(random.between(1, 5))},
    header('reason', reason),
    header('queue', queue),
    // AMQP's timestamps are whole seconds.
    {name: 'time', type: 'timestamp', value: new Date(Math.floor(time.getTime() / 1000) * 1000)},
    header('exchange', ''),
    {name: 'routing-keys', type: 'array', value: [header('', queue)]},
  ];
  return [
    {name: 'x-death', type: 'array', value: [{name: '', type: 'table', value: death}]},
    header('x-first-death-exchange', ''),
    header('x-first-death-queue', queue),
    header('x-first-death-reason', reason),
  ];
}
