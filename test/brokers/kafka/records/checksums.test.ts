import fc from 'fast-check';
import {expect, test} from 'vitest';
import {crc32c} from '../../../../src/brokers/kafka/records/crc32c.ts';
import {murmur2, partitionOfKey} from '../../../../src/brokers/kafka/records/murmur2.ts';

test('CRC-32C has the values of RFC 3720', () => {
  expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283);
  expect(crc32c(Buffer.alloc(32))).toBe(0x8a9136aa);
  expect(crc32c(Buffer.alloc(32, 0xff))).toBe(0x62a8ab43);
  expect(crc32c(Buffer.from(Array.from({length: 32}, (_, index) => index)))).toBe(0x46dd794e);
  expect(crc32c(Buffer.alloc(0))).toBe(0);
});

test('CRC-32C of eight bytes a step is that of one bit a step', () => {
  const bitwise = (bytes: Uint8Array) => {
    let crc = 0xffffffff;
    for (const byte of bytes) {
      crc ^= byte;
      for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
    }
    return ~crc >>> 0;
  };
  fc.assert(
    fc.property(fc.uint8Array({maxLength: 100}), bytes => {
      expect(crc32c(Buffer.from(bytes))).toBe(bitwise(bytes));
    }),
  );
});

// The vectors of Kafka's own UtilsTest.testMurmur2.
test.each([
  ['21', -973932308],
  ['foobar', -790332482],
  ['a-little-bit-long-string', -985981536],
  ['a-little-bit-longer-string', -1486304829],
  ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
  ['abc', 479470107],
])('murmur2 of %s is that of Kafka', (key, hash) => {
  expect(murmur2(Buffer.from(key))).toBe(hash);
});

test('a key with a negative hash has a partition as well', () => {
  expect(partitionOfKey(Buffer.from('21'), 12)).toBe((-973932308 & 0x7fffffff) % 12);
});
