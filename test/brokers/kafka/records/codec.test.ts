import fc from 'fast-check';
import {compress} from 'snappyjs';
import {describe, expect, test} from 'vitest';
import {codecNames, loadCodec} from '../../../../src/brokers/kafka/records/codec.ts';

const limit = 1_000_000;
const packers = codecNames.filter(name => name !== 'none');

/** Data as messages have it: runs that repeat, and bytes that do not. */
const data = fc
  .array(fc.tuple(fc.uint8Array({maxLength: 40}), fc.integer({min: 1, max: 60})), {maxLength: 40})
  .map(runs => Buffer.concat(runs.flatMap(([run, times]) => Array.from({length: times}, () => run))));

describe.each(packers)('%s', name => {
  test('unpacks what it packed', async () => {
    const codec = await loadCodec(name);
    fc.assert(
      fc.property(data, bytes => {
        expect(codec.unpack(codec.pack(bytes), limit).equals(bytes)).toBe(true);
      }),
      {numRuns: 60},
    );
    const large = Buffer.alloc(5_000_000, 'every message of this topic looks alike. ');
    expect(codec.unpack(codec.pack(large), large.length + 4_194_304).equals(large)).toBe(true);
  });

  test('refuses to unpack more than the limit', async () => {
    const codec = await loadCodec(name);
    const bomb = codec.pack(Buffer.alloc(20_000_000));
    expect(() => codec.unpack(bomb, limit)).toThrow();
  });

  test('comes to an end on cut and damaged data', async () => {
    const codec = await loadCodec(name);
    const packed = codec.pack(Buffer.from('abcabcabcabcabcabc'.repeat(50)));
    for (let length = 0; length < packed.length; length++)
      attempt(() => codec.unpack(packed.subarray(0, length), limit));
    fc.assert(
      fc.property(fc.nat(packed.length - 1), fc.nat(255), (at, byte) => {
        const changed = Buffer.from(packed);
        changed[at] = byte;
        attempt(() => codec.unpack(changed, limit));
      }),
      {numRuns: 300},
    );
    fc.assert(
      fc.property(fc.uint8Array({maxLength: 200}), bytes => attempt(() => codec.unpack(Buffer.from(bytes), limit))),
    );
  });
});

function attempt(unpack: () => Buffer): void {
  try {
    expect(unpack().length).toBeLessThanOrEqual(limit);
  } catch (error) {
    expect(error).toBeInstanceOf(Error);
    expect((error as Error).name).not.toBe('AssertionError');
  }
}

test('plain snappy, as librdkafka writes it, is read', async () => {
  const {unpack} = await loadCodec('snappy');
  const text = Buffer.from('order order order order order paid'.repeat(30));
  expect(unpack(compress(text), limit).equals(text)).toBe(true);
});

test('a snappy literal of a negative length does not send the reader round for ever', async () => {
  const {unpack} = await loadCodec('snappy');
  expect(() => unpack(Buffer.from([10, 0xfc, 0xfa, 0xff, 0xff, 0xff, 1, 2, 3]), limit)).toThrow('damaged');
});

test('no memory is set aside for a length that a few bytes cannot have', async () => {
  const {unpack} = await loadCodec('snappy');
  expect(() => unpack(Buffer.from([0xff, 0xff, 0xff, 0x7f, 0]), 1_000_000_000)).toThrow('not plausible');
});
