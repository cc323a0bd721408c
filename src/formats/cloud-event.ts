import type {Header} from '../model/message.ts';

/** Attribute prefixes of the Kafka, NATS and AMQP bindings; both AMQP forms are in use. Their case does not count. */
const prefix = /^(?:ce_|ce-|cloudevents[_:])(.+)$/i;

const required = ['specversion', 'id', 'source', 'type'] as const;

/**
 * Recognises a CloudEvent: `cloudevents` in binary mode, with its attributes in headers and its data in the body, and
 * `cloudevents+json` in structured mode, all of it in a JSON body. `schema` is the event's type.
 */
export function cloudEventOf(
  headers: readonly Header[],
  contentType: string,
  json: unknown,
): {readonly format: string; readonly schema: string | null} | null {
  const attributes = new Map(headers.map(({name, value}) => [prefix.exec(name)?.[1]?.toLowerCase(), value]));
  if (required.every(name => attributes.has(name)))
    return {format: 'cloudevents', schema: text(attributes.get('type'))};
  const fields = typeof json === 'object' && json !== null ? new Map(Object.entries(json)) : new Map<string, unknown>();
  if (contentType.startsWith('application/cloudevents') || required.every(name => typeof fields.get(name) === 'string'))
    return {format: 'cloudevents+json', schema: text(fields.get('type'))};
  return null;
}

function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
