import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {decodeTable, encodeTable, encodeTableLike, isExact} from '../../../src/brokers/rabbitmq/field-table.ts';
import {Failure} from '../../../src/model/failure.ts';
import type {Header} from '../../../src/model/message.ts';

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');
const headersOf = (bytes: Buffer): readonly Header[] => decodeTable(bytes).map(({header}) => header);

/** Bytes as a server sends them: name length, name `n`, type letter, value. */
const wire: readonly (readonly [string, string, Omit<Header, 'name'>])[] = [
  ['boolean', '74 01', {type: 'boolean', value: true}],
  ['int8', '62 fb', {type: 'int8', value: -5}],
  ['uint8', '42 c8', {type: 'uint8', value: 200}],
  ['int16', '73 ff38', {type: 'int16', value: -200}],
  ['uint16', '75 ea60', {type: 'uint16', value: 60_000}],
  ['int32', '49 fffffffb', {type: 'int32', value: -5}],
  ['uint32', '69 ee6b2800', {type: 'uint32', value: 4_000_000_000}],
  ['int64', '6c 0020000000000001', {type: 'int64', value: 9_007_199_254_740_993n}],
  ['float', '66 3dcccccd', {type: 'float', value: Math.fround(0.1)}],
  ['double', '64 4014000000000000', {type: 'double', value: 5}],
  ['decimal', '44 02 00003039', {type: 'decimal', value: '123.45'}],
  ['decimal below one', '44 03 00000005', {type: 'decimal', value: '0.005'}],
  ['timestamp', '54 000000006553f100', {type: 'timestamp', value: new Date(1_700_000_000_000)}],
  ['late timestamp', '54 ffffffffffffffff', {type: 'timestamp', value: 0xff_ff_ff_ff_ff_ff_ff_ffn}],
  ['string', '53 00000003 68c3a9', {type: 'string', value: 'hé'}],
  ['byte order mark', '53 00000003 efbbbf', {type: 'string', value: '\uFEFF'}],
  ['bytes', '78 00000002 00ff', {type: 'bytes', value: Uint8Array.of(0, 255)}],
  ['null', '56', {type: 'null', value: null}],
  ['table', '46 00000005 01 21 73 0003', {type: 'table', value: [{name: '!', type: 'int16', value: 3}]}],
  [
    'array',
    '41 00000003 74 00 56',
    {
      type: 'array',
      value: [
        {name: '', type: 'boolean', value: false},
        {name: '', type: 'null', value: null},
      ],
    },
  ],
];

describe('each type', () => {
  test.each(wire)('%s is read and written as it is on the wire', (_name, value, header) => {
    const bytes = hex(`01 6e ${value}`);
    expect(headersOf(bytes)).toEqual([{name: 'n', ...header}]);
    expect(encodeTable(headersOf(bytes))).toEqual(bytes);
  });

  test('order and repeats are kept', () => {
    const headers: Header[] = ['b', 'a', 'b'].map(name => ({name, type: 'string', value: name}));
    expect(headersOf(encodeTable(headers))).toEqual(headers);
  });
});

describe('what a Header cannot tell', () => {
  /** A text that is not UTF-8, a name that is not, and a boolean of 2. */
  const original = hex('01 73 53 00000001 ff' + '01 ff 56' + '01 62 74 02');

  test('is seen', () => {
    expect(isExact(decodeTable(original))).toBe(false);
    expect(headersOf(original)[0]).toEqual({name: 's', type: 'bytes', value: Uint8Array.of(255)});
  });

  test('is kept in headers that are left alone', () => {
    const entries = decodeTable(original);
    const headers = entries.map(({header}) => header);
    expect(encodeTableLike(headers, entries)).toEqual(original);
    const added: Header = {name: 'added', type: 'string', value: 'x'};
    expect(encodeTableLike([...headers, added], entries)).toEqual(Buffer.concat([original, encodeTable([added])]));
    expect(encodeTableLike(headers.slice(2), entries)).toEqual(hex('01 62 74 02'));
  });
});

describe('what AMQP cannot hold is refused', () => {
  const refused: readonly (readonly [string, Header])[] = [
    ['uint64', {name: 'n', type: 'uint64', value: 1n}],
    ['an int8 of 128', {name: 'n', type: 'int8', value: 128}],
    ['a uint8 of -1', {name: 'n', type: 'uint8', value: -1}],
    ['an int64 of 2^63', {name: 'n', type: 'int64', value: 2n ** 63n}],
    ['half an integer', {name: 'n', type: 'int32', value: 0.5}],
    ['NaN', {name: 'n', type: 'double', value: Number.NaN}],
    ['infinity', {name: 'n', type: 'float', value: Number.POSITIVE_INFINITY}],
    ['a negative decimal', {name: 'n', type: 'decimal', value: '-1.5'}],
    ['a decimal of 33 bits', {name: 'n', type: 'decimal', value: '4294967296'}],
    ['part of a second', {name: 'n', type: 'timestamp', value: new Date(1)}],
    ['a time before 1970', {name: 'n', type: 'timestamp', value: new Date(-1000)}],
    ['a value of another type', {name: 'n', type: 'string', value: 5}],
    ['a name of 256 bytes', {name: 'n'.repeat(256), type: 'null', value: null}],
  ];
  test.each(refused)('%s', (_name, header) => {
    expect(() => encodeTable([header])).toThrow(Failure);
  });
});

const leaf: fc.Arbitrary<Omit<Header, 'name'>> = fc.oneof(
  fc.boolean().map(value => ({type: 'boolean' as const, value})),
  fc.integer({min: -128, max: 127}).map(value => ({type: 'int8' as const, value})),
  fc.integer({min: 0, max: 0xff_ff}).map(value => ({type: 'uint16' as const, value})),
  fc.integer({min: -(2 ** 31), max: 2 ** 31 - 1}).map(value => ({type: 'int32' as const, value})),
  fc.bigInt({min: -(2n ** 63n), max: 2n ** 63n - 1n}).map(value => ({type: 'int64' as const, value})),
  fc.float({noNaN: true, noDefaultInfinity: true}).map(value => ({type: 'float' as const, value})),
  fc.double({noNaN: true, noDefaultInfinity: true}).map(value => ({type: 'double' as const, value})),
  fc
    .tuple(fc.nat({max: 255}), fc.nat())
    .map(([scale, digits]) => ({type: 'decimal' as const, value: decimalText(scale, digits)})),
  fc.nat().map(seconds => ({type: 'timestamp' as const, value: new Date(seconds * 1000)})),
  fc.string({unit: 'binary'}).map(value => ({type: 'string' as const, value})),
  fc.uint8Array().map(value => ({type: 'bytes' as const, value})),
  fc.constant({type: 'null' as const, value: null}),
);
const name = fc.string({unit: 'binary', maxLength: 60});
const {header} = fc.letrec<{header: Header; value: Omit<Header, 'name'>}>(tie => ({
  header: fc.tuple(name, tie('value')).map(([of, rest]) => ({name: of, ...rest})),
  value: fc.oneof(
    {maxDepth: 4},
    leaf,
    fc.array(tie('header'), {maxLength: 4}).map(value => ({type: 'table' as const, value})),
    fc
      .array(tie('value'), {maxLength: 4})
      .map(values => ({type: 'array' as const, value: values.map(value => ({name: '', ...value}))})),
  ),
}));
const headers = fc.array(header, {maxLength: 8});

function decimalText(scale: number, digits: number): string {
  const text = String(digits).padStart(scale + 1, '0');
  return scale === 0 ? text : `${text.slice(0, -scale)}.${text.slice(-scale)}`;
}

describe('any table', () => {
  test('comes back as it went', () => {
    fc.assert(
      fc.property(headers, some => {
        const bytes = encodeTable(some);
        expect(headersOf(bytes)).toEqual(some);
        expect(isExact(decodeTable(bytes))).toBe(true);
      }),
    );
  });

  test('cut short is a Failure, or ends between two headers', () => {
    fc.assert(
      fc.property(headers, fc.nat(), (some, at) => {
        const bytes = encodeTable(some);
        const cut = bytes.subarray(0, at % (bytes.length + 1));
        const ends = new Set(
          decodeTable(bytes).reduce<number[]>((all, entry) => [...all, (all.at(-1) ?? 0) + entry.bytes.length], [0]),
        );
        if (ends.has(cut.length)) expect(headersOf(cut)).toEqual(some.slice(0, [...ends].indexOf(cut.length)));
        else expect(() => decodeTable(cut)).toThrow(Failure);
      }),
    );
  });

  test('of any bytes is read or is a Failure, and keeps its bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({maxLength: 80}), some => {
        const bytes = Buffer.from(some);
        try {
          const entries = decodeTable(bytes);
          expect(Buffer.concat(entries.map(entry => entry.bytes))).toEqual(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(Failure);
        }
      }),
      {numRuns: 1000},
    );
  });

  test('nested without end is a Failure', () => {
    let bytes = hex('56');
    for (let depth = 0; depth < 20_000; depth++) {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(bytes.length);
      bytes = Buffer.concat([Buffer.from('A'), length, bytes]);
    }
    expect(() => decodeTable(Buffer.concat([hex('01 6e'), bytes]))).toThrow(Failure);
  });
});
