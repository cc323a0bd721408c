import fc from 'fast-check';
import {expect, test} from 'vitest';
import {decodeRecord, encodeLine, encodeMessage, type StoredRecord} from '../../../src/brokers/file/record.ts';
import {decodeValue, encodeValue} from '../../../src/brokers/file/value.ts';
import type {Header, HeaderType} from '../../../src/model/message.ts';

const bytes = fc.uint8Array({maxLength: 40});
const time = fc.date({noInvalidDate: true});
const text = fc.string({unit: 'binary'});

const scalars: Partial<Record<HeaderType, fc.Arbitrary<Header['value']>>> = {
  string: text,
  bytes,
  int8: fc.integer({min: -128, max: 127}),
  uint32: fc.nat(4_294_967_295),
  int64: fc.bigInt({min: -(2n ** 63n), max: 2n ** 63n - 1n}),
  uint64: fc.bigInt({min: 0n, max: 2n ** 64n - 1n}),
  double: fc.double(),
  boolean: fc.boolean(),
  timestamp: time,
  decimal: fc.constant('12.30'),
  null: fc.constant(null),
};

const {header} = fc.letrec<{header: Header; headers: Header[]}>(tie => ({
  header: fc.oneof(
    {depthSize: 'small', withCrossShrink: true},
    ...Object.entries(scalars).map(([type, value]) =>
      fc.record({name: text, type: fc.constant(type as HeaderType), value}),
    ),
    fc.record({name: text, type: fc.constantFrom<HeaderType>('table', 'array'), value: tie('headers')}),
  ),
  headers: fc.array(tie('header'), {maxLength: 4}),
}));

const native = fc.dictionary(
  fc.oneof(fc.string(), fc.constantFrom('$bigint', '$$', '$time')).filter(name => name !== '__proto__'),
  fc.oneof(text, fc.double(), fc.bigInt(), bytes, time, fc.array(fc.boolean()), fc.record({$base64: fc.string()})),
);

const record: fc.Arbitrary<StoredRecord> = fc.record({
  position: fc.maxSafeNat(),
  stored: time,
  message: fc.record({
    key: fc.option(bytes),
    headers: fc.array(header, {maxLength: 5}),
    body: fc.option(bytes),
    timestamp: fc.option(time),
    id: fc.option(text),
    native,
  }),
});

test('a record reads back as it was', {timeout: 60_000}, () => {
  fc.assert(
    fc.property(record, ({position, stored, message}) => {
      const line = encodeLine(position, stored, encodeMessage(message));
      expect(line.indexOf('\n')).toBe(line.length - 1);
      const read = decodeRecord(line);
      expect(read.position).toBe(position);
      expect(read.stored).toEqual(stored);
      expect(plain(read.message)).toEqual(plain(message));
    }),
    {numRuns: 300},
  );
});

test('a value reads back as it was, and keys of one $ are not taken for tags', () => {
  fc.assert(
    fc.property(native, value => {
      const read = decodeValue(JSON.parse(JSON.stringify(encodeValue(value))));
      expect(plain(read)).toEqual(plain(value));
    }),
  );
});

test('text stays readable, and what is not UTF-8 becomes base64', () => {
  const message = {key: null, headers: [], timestamp: null, id: null};
  expect(encodeMessage({...message, body: Buffer.from('grüße')})).toBe('"key":null,"body":"grüße"}');
  expect(encodeMessage({...message, body: Uint8Array.of(255)})).toBe('"key":null,"body64":"/w=="}');
  expect(encodeMessage({...message, body: Uint8Array.of(0xef, 0xbb, 0xbf, 65)})).toBe('"key":null,"body":"\ufeffA"}');
});

test.each([
  ['[]', 'it is not a JSON object'],
  ['{"position":-1}', '"position" is not a whole number'],
  ['{"position":1,"stored":"soon"}', '"soon" is not a time'],
  ['{"position":1,"stored":"2026-01-01T00:00:00Z","body":1}', '"body" is not text'],
  ['{"position":1,"stored":"2026-01-01T00:00:00Z","body64":"?"}', '"?" is not base64'],
  ['{"position":1,"stored":"2026-01-01T00:00:00Z","body":"a","body64":"YQ=="}', 'it has both "body" and "body64"'],
  ['{"position":1,"stored":"2026-01-01T00:00:00Z","headers":[["a","int65",1]]}', '"int65" is not a header type'],
  [
    '{"position":1,"stored":"2026-01-01T00:00:00Z","headers":[["a","int64",{"$bigint":"x"}]]}',
    '$bigint "x" means nothing',
  ],
  ['{"position":1,"stored":"2026-01-01T00:00:00Z","headers":[{"a":1}]}', 'a header is not [name, type, value]'],
])('a line that is wrong says how: %s', (line, said) => {
  expect(() => decodeRecord(line)).toThrow(said);
});

/** Buffers and Uint8Arrays alike, objects without their prototypes, -0 and NaN told apart. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return {bytes: Buffer.from(value).toString('hex')};
  if (value instanceof Date) return {time: value.getTime()};
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : `${value}`;
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value)
      .map(([name, item]) => [name, plain(item)] as const)
      .sort((a, b) => (a[0] < b[0] ? -1 : 1));
  }
  return value;
}
