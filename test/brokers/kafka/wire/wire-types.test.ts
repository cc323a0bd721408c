import fc from 'fast-check';
import {expect, test} from 'vitest';
import {WireReader} from '../../../../src/brokers/kafka/wire/wire-reader.ts';
import {WireWriter} from '../../../../src/brokers/kafka/wire/wire-writer.ts';
import {Failure} from '../../../../src/model/failure.ts';

const int64 = fc.bigInt({min: -(2n ** 63n), max: 2n ** 63n - 1n});
const value = fc.record({
  int8: fc.integer({min: -128, max: 127}),
  int16: fc.integer({min: -32_768, max: 32_767}),
  int32: fc.integer(),
  uint32: fc.nat({max: 2 ** 32 - 1}),
  int64,
  boolean: fc.boolean(),
  uvarint: fc.nat({max: 2 ** 32 - 1}),
  varint: fc.integer(),
  varlong: int64,
  string: fc.string({unit: 'binary'}),
  nothing: fc.constant(null),
  bytes: fc.option(fc.uint8Array({maxLength: 2000})),
  borrowed: fc.uint8Array(),
  uuid: fc.uint8Array({minLength: 16, maxLength: 16}).map(bytes => Buffer.from(bytes).toString('base64url')),
  array: fc.option(fc.array(fc.string())),
});
type Value = typeof value extends fc.Arbitrary<infer T> ? T : never;

function write(flexible: boolean, one: Value): Buffer {
  const out = new WireWriter(flexible);
  out.int8(one.int8);
  out.int16(one.int16);
  out.int32(one.int32);
  out.uint32(one.uint32);
  out.int64(one.int64);
  out.boolean(one.boolean);
  out.uvarint(one.uvarint);
  out.varint(one.varint);
  out.varlong(one.varlong);
  out.string(one.string);
  out.string(one.nothing);
  out.bytes(one.bytes);
  out.int32(one.borrowed.length);
  out.borrow(Buffer.from(one.borrowed));
  out.uuid(one.uuid);
  out.array(one.array, text => out.string(text));
  out.tags();
  return out.bytesWritten();
}

function read(flexible: boolean, buffer: Buffer): Value {
  const input = new WireReader(buffer, flexible);
  const one = {
    int8: input.int8(),
    int16: input.int16(),
    int32: input.int32(),
    uint32: input.uint32(),
    int64: input.int64(),
    boolean: input.boolean(),
    uvarint: input.uvarint(),
    varint: input.varint(),
    varlong: input.varlong(),
    string: input.string(),
    nothing: input.nullableString() as null,
    bytes: plain(input.bytes()),
    borrowed: plain(input.raw(input.int32())) ?? new Uint8Array(),
    uuid: input.uuid(),
    array: input.nullableArray(() => input.string()),
  };
  input.tags();
  expect(input.left).toBe(0);
  return one;
}

const plain = (bytes: Buffer | null) => (bytes === null ? null : Uint8Array.from(bytes));

test.each([true, false])('every type is read as it was written, flexible %s', flexible => {
  fc.assert(
    fc.property(value, one => {
      expect(read(flexible, write(flexible, one))).toEqual(one);
    }),
  );
});

test.each([true, false])('a truncated answer is a failure at every length, flexible %s', flexible => {
  fc.assert(
    fc.property(value, fc.nat(), (one, cut) => {
      const whole = write(flexible, one);
      const part = whole.subarray(0, cut % whole.length);
      expect(() => read(flexible, part)).toThrow(Failure);
    }),
  );
});

test('unknown tagged fields are skipped, known ones are read apart', () => {
  const out = new WireWriter(true);
  out.uvarint(2);
  out.uvarint(7);
  out.uvarint(3);
  out.raw(Buffer.from('abc'));
  out.uvarint(9);
  out.uvarint(4);
  out.int32(42);
  out.int8(5);
  const input = new WireReader(out.bytesWritten(), true);
  let seen = 0;
  input.tags({9: field => (seen = field.int32())});
  expect(seen).toBe(42);
  expect(input.int8()).toBe(5);
});

test('an array longer than its bytes, a varint that does not end and a null text are failures', () => {
  const of = (bytes: number[], flexible = false) => new WireReader(Buffer.from(bytes), flexible);
  expect(() => of([0x7f, 0xff, 0xff, 0xff]).array(() => 1)).toThrow('could not be read');
  expect(() => of([0xff, 0xff, 0xff, 0xff, 0xff, 0xff]).uvarint()).toThrow(Failure);
  expect(() => of(Array.from({length: 12}, () => 0xff)).varlong()).toThrow(Failure);
  expect(() => of([0xff, 0xff]).string()).toThrow(Failure);
  expect(() => of([0x80, 0x00, 0x00, 0x00]).raw(-5)).toThrow(Failure);
});
