import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {decodeBody} from '../../src/formats/body.ts';
import type {Header} from '../../src/model/message.ts';

const text = (name: string, value: string): Header => ({name, type: 'string', value});
const bytes = (...parts: (number[] | string)[]) => Buffer.concat(parts.map(part => Buffer.from(part as string)));

const event = ['specversion', 'id', 'source', 'type'].map(
  name => [name, name === 'type' ? 'order.created' : '1'] as const,
);

interface Case {
  readonly what: string;
  readonly body: Uint8Array | string | null;
  readonly headers?: readonly Header[];
  readonly contentType?: string;
  readonly gives: {format: string | null; encoding: string | null; schema?: string | null};
}

const cases: readonly Case[] = [
  {what: 'no body', body: null, gives: {format: null, encoding: null}},
  {what: 'an empty body', body: '', gives: {format: 'empty', encoding: 'utf8'}},
  {what: 'a JSON object', body: ' {"a":1}', gives: {format: 'json', encoding: 'json'}},
  {what: 'a bare number', body: '42', gives: {format: 'text', encoding: 'utf8'}},
  {
    what: 'a bare number said to be JSON',
    body: '42',
    contentType: 'application/json',
    gives: {format: 'json', encoding: 'json'},
  },
  {
    what: 'JSON with a number too long for a double',
    body: '{"id":12345678901234567890}',
    gives: {format: 'json', encoding: 'utf8'},
  },
  {what: 'broken JSON', body: '{"a":', gives: {format: 'text', encoding: 'utf8'}},
  {what: 'text', body: 'héllo', gives: {format: 'text', encoding: 'utf8'}},
  {what: 'bytes that are no UTF-8', body: bytes([0xff, 0xfe]), gives: {format: 'binary', encoding: 'base64'}},
  {what: 'ten megabytes of zeros', body: new Uint8Array(10_000_000), gives: {format: 'binary', encoding: 'base64'}},
  {
    what: 'a CloudEvent in Kafka headers',
    body: '{"a":1}',
    headers: event.map(([name, value]) => text(`ce_${name}`, value)),
    gives: {format: 'cloudevents', encoding: 'json', schema: 'order.created'},
  },
  {
    what: 'a CloudEvent in AMQP properties',
    body: 'x',
    headers: event.map(([name, value]) => text(`cloudEvents:${name}`, value)),
    gives: {format: 'cloudevents', encoding: 'utf8', schema: 'order.created'},
  },
  {what: 'half a CloudEvent', body: 'x', headers: [text('ce_id', '1')], gives: {format: 'text', encoding: 'utf8'}},
  {
    what: 'a structured CloudEvent by its fields',
    body: JSON.stringify(Object.fromEntries(event)),
    gives: {format: 'cloudevents+json', encoding: 'json', schema: 'order.created'},
  },
  {
    what: 'a structured CloudEvent by its content type',
    body: '{"type":"t"}',
    headers: [text('Content-Type', 'application/cloudevents+json; charset=UTF-8')],
    gives: {format: 'cloudevents+json', encoding: 'json', schema: 't'},
  },
  {
    what: 'the Confluent wire format',
    body: bytes([0, 0, 0, 1, 2], 'abc'),
    gives: {format: 'confluent', encoding: 'base64', schema: 'registry id 258'},
  },
  {
    what: 'Avro in the Confluent wire format',
    body: bytes([0, 0, 0, 0, 7], 'abc'),
    contentType: 'application/avro',
    gives: {format: 'avro', encoding: 'base64', schema: 'registry id 7'},
  },
  {
    what: 'an Avro single object',
    body: bytes([0xc3, 0x01, 1, 2, 3, 4, 5, 6, 7, 8], 'abc'),
    gives: {format: 'avro', encoding: 'base64', schema: 'fingerprint 0807060504030201'},
  },
  {what: 'an Avro file', body: bytes('Obj', [1, 0, 0]), gives: {format: 'avro-file', encoding: 'base64'}},
  {
    what: 'Protobuf by its content type',
    body: bytes([8, 1]),
    contentType: 'application/x-protobuf',
    gives: {format: 'protobuf', encoding: 'utf8'},
  },
];

describe('decodeBody', () => {
  test.each(cases)('$what', ({body, headers = [], contentType = null, gives}) => {
    const raw = typeof body === 'string' ? Buffer.from(body) : body;
    const {format, encoding, schema} = decodeBody(raw, headers, contentType);
    expect({format, encoding, schema}).toEqual({schema: null, ...gives});
  });

  test('every byte can be had back', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array({maxLength: 100}),
          fc.string().map(one => new Uint8Array(Buffer.from(one))),
        ),
        body => {
          const {value, encoding, bytes: size} = decodeBody(body, [], null);
          expect(size).toBe(body.length);
          if (encoding === 'json') expect(value).toEqual(JSON.parse(Buffer.from(body).toString()));
          else expect(Buffer.from(String(value), encoding ?? 'utf8')).toEqual(Buffer.from(body));
        },
      ),
    );
  });
});
