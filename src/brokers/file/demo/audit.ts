import {paymentSchema, paymentSchemaId} from './payments.ts';
import type {Chapter} from './story.ts';
import {bytes, bytesHeader, header, hourMs, json, progressIn, spread, type Told} from './telling.ts';

/** Customer changes as CloudEvents in structured mode. */
export const customerEvents: Chapter = (random, now) => {
  const partitions = 2;
  const messages = spread(random, {now, overMs: 12 * hourMs, count: 90, partitions}, (index, time) => {
    const customer = `customer-${String(random.between(8, 400)).padStart(4, '0')}`;
    return {
      key: customer,
      headers: [header('content-type', 'application/cloudevents+json; charset=UTF-8')],
      body: json({
        specversion: '1.0',
        id: `c-${index}`,
        source: '/customers',
        type: random.pick('shop.customer.registered', 'shop.customer.moved'),
        time: time.toISOString(),
        datacontenttype: 'application/json',
        data: {customer, city: random.pick('Malmö', 'Łódź', 'Bern', 'Αθήνα')},
      }),
    };
  });
  return {
    destinations: [{name: 'customer-events', kind: 'topic', partitions, messages}],
    subscriptions: [
      {
        name: 'crm',
        members: ['crm-0'],
        progress: progressIn('customer-events', partitions, messages, count => ({read: count, member: 'crm-0'})),
      },
    ],
  };
};

/** What a reader of messages must bear: no body, an empty one, terminal escapes, broken UTF-8, a long line, odd headers. */
const odd: readonly Told[] = [
  {key: 'customer-0012', body: null},
  {key: 'customer-0013', body: ''},
  {key: 'escapes', body: 'before\u001b[2J\u001b[31mred\u001b]0;a title\u0007 after\r\nnext line\u009b1m'},
  {key: 'broken-utf8', body: Uint8Array.of(0x66, 0xc3, 0x28, 0xe2, 0x82, 0xff, 0x6f)},
  {key: 'long-line', body: json({note: 'x'.repeat(20_000)})},
  {key: 'bidi', body: 'invoice\u202egnp.exe'},
  {
    key: null,
    headers: [
      header('tag', 'first'),
      header('tag', 'second'),
      bytesHeader('signature', Uint8Array.of(0, 27, 91, 255, 128)),
      {name: 'sequence', type: 'int64', value: 9_007_199_254_740_993n},
      {name: 'at', type: 'timestamp', value: new Date('2026-01-02T03:04:05.000Z')},
      {name: 'nothing', type: 'null', value: null},
    ],
    body: 'one name twice, and a number that a double cannot hold',
  },
];

/** The audit log: text lines, and among the newest every message that is hard to show. */
export const auditLog: Chapter = (random, now) => {
  const count = 80;
  const messages = spread(random, {now, overMs: 2 * hourMs, count, partitions: 1}, index => {
    const strange = odd[index - (count - odd.length)];
    if (strange) return strange;
    const user = random.pick('anna', 'bo', 'chen', 'dmitri');
    return {key: user, body: `${user} ${random.pick('signed in', 'signed out', 'changed a price', 'exported a list')}`};
  });
  return {
    destinations: [{name: 'audit-log', kind: 'topic', partitions: 1, messages}],
    subscriptions: [
      {
        name: 'siem',
        members: ['siem-0'],
        progress: progressIn('audit-log', 1, messages, read => ({read, member: 'siem-0'})),
      },
    ],
  };
};

/** The schema registry's own topic: kept by a library for itself, hidden unless asked for. */
export const schemas: Chapter = (random, now) => ({
  destinations: [
    {
      name: '_schemas',
      kind: 'topic',
      partitions: 1,
      internal: true,
      messages: spread(random, {now, overMs: 48 * hourMs, count: 1, partitions: 1}, () => ({
        key: json({keytype: 'SCHEMA', subject: 'payments-value', version: 1, magic: 1}),
        body: bytes(
          json({
            subject: 'payments-value',
            version: 1,
            id: paymentSchemaId,
            schema: json(paymentSchema),
            deleted: false,
          }),
        ),
      })),
    },
  ],
  subscriptions: [],
});
