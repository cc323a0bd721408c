import type {Random} from './random.ts';
import type {Chapter, StoryMessage} from './story.ts';
import {amount, bytes, header, hourMs, json, progressIn, spread, traceparent} from './telling.ts';

const partitions = 6;

/** One customer orders about half of everything: its key makes one partition hot. */
const hotCustomer = 'customer-0007';

/**
 * Orders, and five ways to read them: `billing` keeps up, `analytics` is caught up with nobody connected, `fulfilment` is
 * behind in the hot partition, `fraud-check` has stopped at a message it cannot parse, `search-index` never began.
 */
export const orders: Chapter = (random, now) => {
  const sent = spread(random, {now, overMs: 6 * hourMs, count: 720, partitions}, (index, time) =>
    order(random, index, time),
  );
  const hot = sent.find(({key}) => key !== null && Buffer.from(key).toString() === hotCustomer)?.partition ?? '0';
  const [messages, poison] = withPoison(sent, hot);
  const progress = (read: Parameters<typeof progressIn>[3]) => progressIn('orders', partitions, messages, read);
  return {
    destinations: [{name: 'orders', kind: 'topic', partitions, messages}],
    subscriptions: [
      {
        name: 'billing',
        members: ['billing-5d9f-0', 'billing-5d9f-1'],
        progress: progress((count, partition) => ({read: count, member: `billing-5d9f-${Number(partition) % 2}`})),
      },
      {name: 'analytics', members: [], progress: progress(count => count)},
      {
        name: 'fulfilment',
        members: ['fulfilment-77c4-0', 'fulfilment-77c4-1'],
        deadLetter: 'orders-dlt',
        progress: progress((count, partition) => ({
          read: partition === hot ? count - 131 : count - random.between(0, 4),
          member: `fulfilment-77c4-${Number(partition) % 2}`,
        })),
      },
      {
        name: 'fraud-check',
        members: ['fraud-check-0'],
        progress: progress((count, partition) =>
          partition === hot
            ? {read: poison, inFlight: 1, redelivered: 17, member: 'fraud-check-0'}
            : {read: count, member: 'fraud-check-0'},
        ),
      },
      {name: 'search-index', members: [], progress: progress(() => null)},
    ],
  };
};

function order(random: Random, index: number, time: Date) {
  const customer = random.next() < 0.45 ? hotCustomer : `customer-${String(random.between(8, 400)).padStart(4, '0')}`;
  const lines = Array.from({length: random.between(1, 3)}, () => ({
    sku: `SKU-${random.between(1000, 1400)}`,
    quantity: random.between(1, 5),
    price: amount(random),
  }));
  const total = Math.round(lines.reduce((sum, {quantity, price}) => sum + quantity * price, 0) * 100) / 100;
  const orderId = `o-${100_000 + index}`;
  return {
    key: customer,
    id: orderId,
    headers: [header('content-type', 'application/json'), traceparent(random)],
    body: json({orderId, customer, placedAt: time.toISOString(), lines, total, currency: 'EUR'}),
  };
}

/** Cuts the body of one message of the hot partition short. @returns the messages, and how many come before it there */
function withPoison(messages: readonly StoryMessage[], hot: string): [StoryMessage[], number] {
  const inHot = messages.filter(({partition}) => partition === hot);
  const before = Math.floor(inHot.length * 0.7);
  const chosen = inHot[before];
  const broken = messages.map(message => {
    if (message !== chosen) return message;
    const text = Buffer.from(message.body ?? []).toString('utf8');
    return {...message, body: bytes(text.slice(0, text.indexOf('"lines"') + 12))};
  });
  return [broken, before];
}
