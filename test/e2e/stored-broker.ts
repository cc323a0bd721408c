import {join} from 'node:path';
import {FileStore} from '../../src/brokers/file/store.ts';
import type {OutgoingMessage} from '../../src/model/message.ts';
import type {Home} from './binary.ts';

/** A file broker in a home, with one topic of two partitions, one queue and one group that has read a part. */
export async function storedBroker(home: Home, bodies: readonly Uint8Array[]): Promise<string> {
  const folder = join(home.folder, 'broker');
  const store = await FileStore.create(folder);
  await store.createDestination({name: 'orders', kind: 'topic', partitions: 2});
  await store.createDestination({name: 'mail', kind: 'queue', partitions: 1});
  await store.append('orders', '0', bodies.map(message));
  await store.append('mail', null, bodies.slice(0, 1).map(message));
  await store.createSubscription({name: 'billing'});
  await store.setCursors('billing', 'orders', [
    {partition: '0', cursor: 1},
    {partition: '1', cursor: 0},
  ]);
  return `file:${encodeURI(folder)}`;
}

function message(body: Uint8Array): OutgoingMessage {
  return {
    partition: null,
    key: body.slice(0, 40),
    headers: [{name: '\x1b[31mred', type: 'bytes', value: body.slice(0, 40)}],
    body,
    timestamp: null,
    id: null,
  };
}
