import {Failure} from '../../model/failure.ts';
import type {Header, Message, OutgoingMessage} from '../../model/message.ts';
import {decodeProperties, encodeProperties} from './basic-properties.ts';
import type {BasicProperties} from './basic-properties.ts';
import {decodeTable, encodeTable, encodeTableLike, isExact} from './field-table.ts';
import type {QueueFacts} from './queue-facts.ts';
import {rawProperties} from './wire.ts';

/** A message as the client library hands it over. */
export interface Received {
  readonly fields: {readonly exchange: string; readonly routingKey: string; readonly redelivered: boolean};
  readonly properties: unknown;
  readonly content: Buffer;
}

/** Headers that the broker adds on delivery: they are about the delivery, so they become fields of the message instead. */
const deliveryHeaders = {
  quorum: ['x-delivery-count', 'x-acquired-count'],
  stream: ['x-stream-offset'],
} as const;

/** Properties kept in `native` under their own names. `timestamp` and `messageId` have a place of their own in a message. */
const nativeNames = [
  'contentType',
  'contentEncoding',
  'deliveryMode',
  'priority',
  'correlationId',
  'replyTo',
  'expiration',
  'type',
  'userId',
  'appId',
  'clusterId',
] as const;

/**
 * Senders are to put seconds into `timestamp`; many put milliseconds. A number that would be after the year 5000 as
 * seconds is read as milliseconds.
 */
const firstMilliseconds = 100_000_000_000n;

export function readMessage(received: Received, destination: string, queue: QueueFacts): Message {
  const properties = decodeProperties(rawProperties(received));
  const entries = decodeTable(properties.headers ?? Buffer.alloc(0));
  const added = broughtByDelivery(queue);
  const own = entries.filter(({header}) => !added.includes(header.name));
  const given = (name: string): number | null =>
    added.includes(name) ? numberOf(entries.find(({header}) => header.name === name)?.header) : null;
  const {messageId, timestamp} = properties;
  const acquired = given('x-acquired-count') ?? given('x-delivery-count');
  const offset = added.includes('x-stream-offset')
    ? entries.find(({header}) => header.name === 'x-stream-offset')?.header.value
    : undefined;
  return {
    destination,
    partition: null,
    position: typeof offset === 'bigint' || typeof offset === 'number' ? String(offset) : null,
    key: null,
    headers: own.map(({header}) => header),
    body: received.content,
    timestamp: timestamp === undefined ? null : dateOf(timestamp),
    timestampKind: timestamp === undefined ? null : 'producer',
    id: typeof messageId === 'string' ? messageId : null,
    deliveryCount: queue.type === 'quorum' ? (acquired ?? 0) + 1 : null,
    native: {
      exchange: received.fields.exchange,
      routingKey: received.fields.routingKey,
      redelivered: received.fields.redelivered,
      ...Object.fromEntries(
        nativeNames.filter(name => properties[name] !== undefined).map(name => [name, properties[name]]),
      ),
      ...(timestamp === undefined ? {} : {timestamp}),
      ...(messageId instanceof Uint8Array ? {messageId} : {}),
      // Absent differs from an empty table, and a few values cannot be told by a Header.
      ...(properties.headers === undefined ? {headerTable: null} : {}),
      ...(isExact(own) ? {} : {headerTable: Buffer.concat(own.map(({bytes}) => bytes))}),
    },
  };
}

/** How often a message was put back before this delivery, by the broker's count. */
export function timesPutBack(received: Received): number {
  const {headers} = decodeProperties(rawProperties(received));
  const entry = headers && decodeTable(headers).find(({header}) => header.name === 'x-delivery-count');
  return numberOf(entry?.header) ?? 0;
}

/** A stream message's offset, which the broker adds as a header. */
export function streamOffset(received: Received): bigint {
  const {headers} = decodeProperties(rawProperties(received));
  const entry = headers && decodeTable(headers).find(({header}) => header.name === 'x-stream-offset');
  const value = entry?.header.value;
  if (typeof value === 'bigint' || typeof value === 'number') return BigInt(value);
  throw new Failure('unsupported', 'The message has no x-stream-offset: its queue is not a stream');
}

/**
 * The properties of a received message to be written to its own queue again, byte for byte except for what its delivery
 * added, for CC and BCC, which would route copies anew, and for a user id other than `user`, which the server refuses.
 */
export function propertiesToRepublish(received: Received, queue: QueueFacts, user: string): Buffer {
  const {headers, userId, ...properties} = decodeProperties(rawProperties(received));
  const left = ['CC', 'BCC', ...broughtByDelivery(queue)];
  const own = headers && decodeTable(headers).filter(({header}) => !left.includes(header.name));
  return encodeProperties({
    ...properties,
    ...(own ? {headers: Buffer.concat(own.map(({bytes}) => bytes))} : {}),
    ...(userId === user ? {userId} : {}),
  });
}

/**
 * The properties of a message to be written. Properties of a RabbitMQ message are kept, except two: `expiration`, which
 * could remove the copy at once, is kept only when `native.keepExpiration` is true, and `userId` only when it is `user`,
 * since the server closes the channel on any other. A message without a delivery mode becomes persistent when it comes
 * from another system, and stays without one when it comes from RabbitMQ.
 * @throws {Failure} `data` on what AMQP cannot hold
 */
export function writeProperties(message: OutgoingMessage, user: string): Buffer {
  const native = message.native ?? {};
  const properties: BasicProperties = {};
  for (const name of nativeNames) {
    const value = native[name];
    if (value === undefined || (name === 'userId' && value !== user)) continue;
    if (name === 'expiration' && native['keepExpiration'] !== true) continue;
    Object.assign(properties, {[name]: value});
  }
  if (!('exchange' in native)) properties.deliveryMode ??= 2;
  if (properties.expiration !== undefined && !/^\d{1,10}$/.test(String(properties.expiration))) {
    throw new Failure('data', `"${String(properties.expiration)}" is not an expiration in milliseconds`);
  }
  const id = message.id ?? native['messageId'];
  if (typeof id === 'string' || id instanceof Uint8Array) properties.messageId = id;
  const timestamp = timestampOf(message.timestamp, native['timestamp']);
  if (timestamp !== null) properties.timestamp = timestamp;
  const table = tableOf(message.headers, native['headerTable']);
  if (table) properties.headers = table;
  return encodeProperties(properties);
}

function broughtByDelivery(queue: QueueFacts): readonly string[] {
  if (queue.type === null) return [...deliveryHeaders.quorum, ...deliveryHeaders.stream];
  return queue.type === 'classic' ? [] : deliveryHeaders[queue.type];
}

function tableOf(headers: readonly Header[], original: unknown): Buffer | null {
  if (original instanceof Uint8Array) return encodeTableLike(headers, decodeTable(Buffer.from(original)));
  return original === null && headers.length === 0 ? null : encodeTable(headers);
}

function numberOf(header: Header | undefined): number | null {
  return typeof header?.value === 'number' || typeof header?.value === 'bigint' ? Number(header.value) : null;
}

function dateOf(timestamp: bigint): Date | null {
  const date = new Date(timestamp < firstMilliseconds ? Number(timestamp) * 1000 : Number(timestamp));
  return Number.isNaN(date.getTime()) ? null : date;
}

/** The sender's own number while it still says the same time, else whole seconds: AMQP has no finer ones. */
function timestampOf(time: Date | null, original: unknown): bigint | null {
  if (typeof original === 'bigint' && dateOf(original)?.getTime() === time?.getTime()) return original;
  return time && BigInt(Math.floor(time.getTime() / 1000));
}
