import {expect, test} from 'vitest';
import {AbortedFilter} from '../../../../src/brokers/kafka/records/aborted.ts';
import {chunksOf} from '../../../../src/brokers/kafka/records/chunk.ts';
import type {Chunk} from '../../../../src/brokers/kafka/records/chunk.ts';
import {encodeBatch} from '../../../../src/brokers/kafka/records/encode-batch.ts';

const transactional = 16;
const control = 32;

/** A batch of one producer at an offset; of a control batch the key is version 0 and the marker's type. */
async function chunk(base: number, producerId: number, attributes: number, type = 0): Promise<Chunk> {
  const batch = await encodeBatch(
    [{timestamp: 1, key: Buffer.from([0, 0, 0, type]), value: null, headers: []}],
    'none',
    {producerId: BigInt(producerId), epoch: 0, sequence: 0},
  );
  batch.writeBigInt64BE(BigInt(base), 0);
  batch.writeInt16BE(attributes, 21);
  const [one] = chunksOf(batch);
  if (!one) throw new Error('no chunk');
  return one;
}

test('drops what an aborted transaction wrote, and nothing else', async () => {
  const filter = new AbortedFilter([
    {producerId: 2n, firstOffset: 8n},
    {producerId: 1n, firstOffset: 1n},
  ]);
  const log: [Chunk, boolean][] = [
    [await chunk(0, 1, 0), false],
    [await chunk(1, 1, transactional), true],
    [await chunk(2, 2, transactional), false],
    [await chunk(3, 3, 0), false],
    [await chunk(4, 1, transactional), true],
    [await chunk(5, 1, transactional | control, 0), true],
    [await chunk(6, 1, transactional), false],
    [await chunk(7, 2, transactional | control, 1), true],
    [await chunk(8, 2, transactional), true],
    [await chunk(9, 2, transactional | control, 0), true],
    [await chunk(10, 2, transactional), false],
  ];
  expect(log.map(([one]) => filter.drops(one))).toEqual(log.map(([, dropped]) => dropped));
});
