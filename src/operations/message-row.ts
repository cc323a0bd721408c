import {isUtf8} from 'node:buffer';
import {decodeBody} from '../formats/body.ts';
import {failureOf} from '../formats/failure.ts';
import type {Header, Message} from '../model/message.ts';
import type {MessageRow} from '../model/rows/message.ts';
import type {Context} from './context.ts';

/** A message as it is shown, its body decoded. */
export function messageRow(context: Context, message: Message): MessageRow {
  const {key, native} = message;
  const type = native['contentType'];
  const body = decodeBody(message.body, message.headers, typeof type === 'string' ? type : null);
  const keyEncoding = key === null ? null : isUtf8(key) ? 'utf8' : 'base64';
  return {
    context: context.name,
    system: context.broker.driver.system,
    destination: message.destination,
    partition: message.partition,
    position: message.position,
    key: key === null ? null : Buffer.from(key).toString(keyEncoding ?? 'base64'),
    keyEncoding,
    headers: message.headers.map(header => [header.name, header.type, headerValue(header)]),
    body: body.value,
    bodyEncoding: body.encoding,
    bodyBytes: body.bytes,
    timestamp: message.timestamp,
    timestampKind: message.timestampKind,
    storedAt: message.storedAt ?? null,
    id: message.id,
    deliveryCount: message.deliveryCount,
    failure: failureOf(message.headers),
    format: body.format,
    schema: body.schema,
    native,
  };
}

/** Tables as lists of named values and arrays as lists of values, each with its type, for names repeat and order counts. */
function headerValue({type, value}: Header): unknown {
  if (!Array.isArray(value)) return value;
  return value.map((inner: Header) =>
    type === 'array' ? [inner.type, headerValue(inner)] : [inner.name, inner.type, headerValue(inner)],
  );
}
