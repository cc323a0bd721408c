import {isUtf8} from 'node:buffer';
import type {Header, HeaderValue, Message} from '../../model/message.ts';
import type {BatchFacts, KafkaRecord, RecordHeader} from './records/record.ts';

/** Makes messages of one batch's records; what the batch says is the same object for all of them. */
export function messageMaker(
  destination: string,
  partition: number,
  facts: BatchFacts,
): (record: KafkaRecord) => Message {
  const {compression, leaderEpoch, transactional, producerId, producerEpoch} = facts;
  const native = {compression, leaderEpoch, transactional, producerId, producerEpoch};
  const name = String(partition);
  return ({offset, timestamp, key, value, headers}) => ({
    destination,
    partition: name,
    position: String(offset),
    key,
    headers: headers.map(toHeader),
    body: value,
    timestamp: timestamp === null ? null : new Date(timestamp),
    timestampKind: timestamp === null ? null : facts.timestampKind,
    id: null,
    deliveryCount: null,
    native,
  });
}

/** Kafka knows only bytes; most frameworks write texts. */
function toHeader({name, value}: RecordHeader): Header {
  if (value === null) return {name, type: 'null', value: null};
  return isUtf8(value) ? {name, type: 'string', value: value.toString('utf8')} : {name, type: 'bytes', value};
}

/** A header's value as bytes: texts and bytes as they are, everything else as its text. */
export function headerBytes(value: HeaderValue): Uint8Array | null {
  if (value === null || value instanceof Uint8Array) return value;
  return Buffer.from(typeof value === 'string' ? value : textOf(value));
}

function textOf(value: Exclude<HeaderValue, null>): string {
  if (value instanceof Date) return value.toISOString();
  return typeof value === 'object' ? JSON.stringify(plain(value)) : String(value);
}

function plain(value: HeaderValue): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  const named = value.some(({name}) => name !== '');
  return named
    ? Object.fromEntries(value.map(({name, value: one}) => [name, plain(one)]))
    : value.map(({value: one}) => plain(one));
}
