import {crc32} from 'node:zlib';
import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {chunksOf} from '../../../../src/brokers/kafka/records/chunk.ts';
import type {Chunk} from '../../../../src/brokers/kafka/records/chunk.ts';
import {codecNames, loadCodec} from '../../../../src/brokers/kafka/records/codec.ts';
import {crc32c} from '../../../../src/brokers/kafka/records/crc32c.ts';
import {encodeBatch} from '../../../../src/brokers/kafka/records/encode-batch.ts';
import type {NewRecord} from '../../../../src/brokers/kafka/records/encode-batch.ts';
import {openChunk} from '../../../../src/brokers/kafka/records/open-chunk.ts';
import type {KafkaRecord} from '../../../../src/brokers/kafka/records/record.ts';
import {Failure} from '../../../../src/model/failure.ts';

const bytes = fc.uint8Array({maxLength: 50});
const record: fc.Arbitrary<NewRecord> = fc.record({
  timestamp: fc.integer({min: 0, max: 4_000_000_000_000}),
  key: fc.option(bytes),
  value: fc.option(bytes),
  headers: fc.array(fc.record({name: fc.string({maxLength: 5}), value: fc.option(bytes)}), {maxLength: 4}),
});

async function read(buffer: Buffer): Promise<KafkaRecord[]> {
  const records: KafkaRecord[] = [];
  for (const chunk of chunksOf(buffer)) records.push(...(await openChunk(chunk)).records());
  return records;
}

const asBuffer = (value: Uint8Array | null) => value && Buffer.from(value);

test.each(codecNames)('a batch packed with %s reads back as it was: order, repeats, nulls and times', async codec => {
  await fc.assert(
    fc.asyncProperty(fc.array(record, {minLength: 1, maxLength: 20}), async records => {
      const back = await read(await encodeBatch(records, codec, null));
      expect(back).toEqual(
        records.map(({timestamp, key, value, headers}, index) => ({
          offset: BigInt(index),
          timestamp,
          key: asBuffer(key),
          value: asBuffer(value),
          headers: headers.map(({name, value}) => ({name, value: asBuffer(value)})),
        })),
      );
    }),
    {numRuns: 50},
  );
});

describe('damage', () => {
  const records: NewRecord[] = [0, 1, 2].map(index => ({
    timestamp: 1_700_000_000_000 + index,
    key: Buffer.from(`key ${index}`),
    value: Buffer.from('value '.repeat(20)),
    headers: [{name: 'h', value: Buffer.from('x')}],
  }));

  test('a changed byte anywhere under the checksum is seen', async () => {
    const batch = await encodeBatch(records, 'none', null);
    for (let at = 21; at < batch.length; at++) {
      const changed = Buffer.from(batch);
      changed[at] = (changed[at] ?? 0) ^ 1;
      const [chunk] = chunksOf(changed);
      await expect(openChunk(chunk as Chunk)).rejects.toMatchObject({kind: 'data'});
    }
  });

  test.each(codecNames)(
    'with a checksum that is right, %s data that is not ends in a Failure of kind data',
    async codec => {
      const batch = await encodeBatch(records, codec, {producerId: 7n, epoch: 0, sequence: 0});
      let refused = 0;
      await fc.assert(
        fc.asyncProperty(fc.integer({min: 21, max: batch.length - 1}), fc.nat(255), async (at, byte) => {
          const changed = Buffer.from(batch);
          changed[at] = byte;
          changed.writeUInt32BE(crc32c(changed.subarray(21)), 17);
          refused += await refusals(changed);
        }),
        {numRuns: 400},
      );
      expect(refused).toBeGreaterThan(0);
    },
  );

  test('bytes that are no batch at all end in a Failure or in nothing', async () => {
    await fc.assert(fc.asyncProperty(fc.uint8Array({maxLength: 300}), async noise => void (await refusals(noise))));
  });

  test('a batch that is cut off is left for the next answer', async () => {
    const batch = await encodeBatch(records, 'none', null);
    for (let length = 0; length < batch.length; length++) {
      expect([...chunksOf(Buffer.concat([batch, batch.subarray(0, length)]))]).toHaveLength(1);
    }
  });

  test('a record count of two thousand million is refused before it is believed', async () => {
    const batch = await encodeBatch(records, 'none', null);
    batch.writeInt32BE(2_000_000_000, 57);
    batch.writeUInt32BE(crc32c(batch.subarray(21)), 17);
    await expect(read(batch)).rejects.toMatchObject({
      kind: 'data',
      broker: expect.stringContaining('2000000000') as string,
    });
  });

  async function refusals(input: Uint8Array): Promise<number> {
    try {
      await read(Buffer.from(input));
      return 0;
    } catch (error) {
      expect(error).toBeInstanceOf(Failure);
      expect(error).toMatchObject({kind: 'data'});
      return 1;
    }
  }
});

describe('formats 0 and 1', () => {
  interface Old {
    readonly offset: number;
    readonly magic: 0 | 1;
    readonly attributes?: number;
    readonly timestamp?: number;
    readonly key?: string | null;
    readonly value: Buffer | null;
  }

  function oldMessage({offset, magic, attributes = 0, timestamp = -1, key = null, value}: Old): Buffer {
    const sized = (part: Buffer | null) => {
      const length = Buffer.alloc(4);
      length.writeInt32BE(part?.length ?? -1);
      return part ? Buffer.concat([length, part]) : length;
    };
    const time = Buffer.alloc(magic === 1 ? 8 : 0);
    if (magic === 1) time.writeBigInt64BE(BigInt(timestamp));
    const keyBytes = key === null ? null : Buffer.from(key);
    const body = Buffer.concat([Buffer.from([magic, attributes]), time, sized(keyBytes), sized(value)]);
    const head = Buffer.alloc(16);
    head.writeBigInt64BE(BigInt(offset), 0);
    head.writeInt32BE(body.length + 4, 8);
    head.writeUInt32BE(crc32(body), 12);
    return Buffer.concat([head, body]);
  }

  test('plain messages', async () => {
    const set = Buffer.concat([
      oldMessage({offset: 5, magic: 0, key: 'k', value: Buffer.from('zero')}),
      oldMessage({offset: 9, magic: 1, timestamp: 1_500_000_000_000, value: null}),
    ]);
    expect(await read(set)).toEqual([
      {offset: 5n, timestamp: null, key: Buffer.from('k'), value: Buffer.from('zero'), headers: []},
      {offset: 9n, timestamp: 1_500_000_000_000, key: null, value: null, headers: []},
    ]);
  });

  test.each(['gzip', 'snappy', 'lz4'] as const)('packed with %s, offsets relative to the last', async name => {
    const codec = await loadCodec(name);
    const inner = [0, 1, 3].map(offset =>
      oldMessage({offset, magic: 1, timestamp: 1_500_000_000_000 + offset, value: Buffer.from(`v${offset}`)}),
    );
    const set = oldMessage({
      offset: 103,
      magic: 1,
      attributes: codecNames.indexOf(name),
      timestamp: 1_500_000_000_003,
      value: codec.pack(Buffer.concat(inner)),
    });
    const back = await read(set);
    expect(back.map(({offset}) => offset)).toEqual([100n, 101n, 103n]);
    expect(back.map(({value}) => String(value))).toEqual(['v0', 'v1', 'v3']);
  });

  test('format 0 has absolute offsets inside, and the broker’s time is the outer one', async () => {
    const codec = await loadCodec('gzip');
    const zero = oldMessage({
      offset: 42,
      magic: 0,
      attributes: 1,
      value: codec.pack(Buffer.concat([41, 42].map(offset => oldMessage({offset, magic: 0, value: null})))),
    });
    expect((await read(zero)).map(({offset}) => offset)).toEqual([41n, 42n]);
    const stamped = oldMessage({
      offset: 42,
      magic: 1,
      attributes: 1 | 8,
      timestamp: 77,
      value: codec.pack(oldMessage({offset: 0, magic: 1, timestamp: 5, value: null})),
    });
    expect(await read(stamped)).toMatchObject([{offset: 42n, timestamp: 77}]);
  });

  test('a changed byte is seen', async () => {
    const set = oldMessage({offset: 5, magic: 1, timestamp: 1, key: 'k', value: Buffer.from('one')});
    set[set.length - 1] = 0;
    await expect(read(set)).rejects.toMatchObject({kind: 'data', broker: expect.stringContaining('CRC-32') as string});
  });
});
