import type {Chapter} from './story.ts';
import {header, hourMs, json, progressIn, spread} from './telling.ts';

const partitions = 2;

/**
 * Shipments as CloudEvents in binary mode, kept for a day. `warehouse-eu` last read two days ago: retention has removed
 * what it had not read. `tracking` is well.
 */
export const shipments: Chapter = (random, now) => {
  const messages = spread(random, {now, overMs: 72 * hourMs, count: 432, partitions}, (index, time) => {
    const shipmentId = `s-${70_000 + index}`;
    const type = random.pick('shop.shipment.created', 'shop.shipment.departed', 'shop.shipment.delivered');
    return {
      key: shipmentId,
      headers: [
        header('ce_specversion', '1.0'),
        header('ce_id', `${random.hex(8)}-${index}`),
        header('ce_source', '/warehouse/eu'),
        header('ce_type', type),
        header('ce_time', time.toISOString()),
        header('content-type', 'application/json'),
      ],
      body: json({shipmentId, orderId: `o-${99_000 + index}`, carrier: random.pick('DHL', 'GLS', 'PostNord')}),
    };
  });
  return {
    destinations: [{name: 'shipments', kind: 'topic', partitions, retentionMs: 24 * hourMs, messages}],
    subscriptions: [
      {
        name: 'warehouse-eu',
        members: [],
        progress: progressIn('shipments', partitions, messages, count => Math.floor(count / 3)),
      },
      {
        name: 'tracking',
        members: ['tracking-0'],
        deadLetter: 'shipments-tracking-DLQ',
        progress: progressIn('shipments', partitions, messages, count => ({read: count, member: 'tracking-0'})),
      },
    ],
  };
};
