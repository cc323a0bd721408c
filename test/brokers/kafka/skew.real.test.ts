import {afterAll, beforeAll, expect, test} from 'vitest';
import type {Context} from '../../../src/operations/context.ts';
import {skew, type SkewIntent} from '../../../src/operations/skew.ts';
import {kafka} from '../real.ts';
import {Situation, soon} from './situation.ts';

const situation = new Situation(kafka());
let context: Context;
let topic: string;

beforeAll(async () => {
  await situation.admin.connect();
  context = {name: 'kafka', broker: await situation.driver()};
  topic = await situation.topic('skew', 3);
  const producer = situation.kafka.producer({idempotent: true});
  await producer.connect();
  const some = (partition: number, count: number, key: (index: number) => string) =>
    Array.from({length: count}, (_, index) => ({partition, key: key(index), value: `value ${index}`}));
  const hot = some(1, 400, () => 'customer-7');
  const others = [0, 1, 2].flatMap(partition => some(partition, 100, index => `p${partition}-${index}`));
  await producer.send({topic, messages: [...hot, ...others]});
  await producer.disconnect();
});

afterAll(() => situation[Symbol.asyncDispose]());

const ask = (by: SkewIntent['by'], more: Partial<SkewIntent> = {}) =>
  skew([context], {destinations: [topic], by, internal: false, overMs: 100, sample: 10_000, ...more}, soon());

test('messages and bytes of a hot partition', async () => {
  for (const by of ['messages', 'bytes'] as const) {
    const {rows, failures} = await ask(by);
    expect(failures).toEqual([]);
    expect(rows).toMatchObject([{destination: topic, system: 'kafka', verdict: 'skewed', maxPartition: '1'}]);
    if (by === 'messages') expect(rows[0]?.values.map(({value}) => value)).toEqual([100, 500, 100]);
  }
});

test('the hot key, of all messages and of a sample', async () => {
  for (const sample of [10_000, 350]) {
    const {rows, failures} = await ask('keys', {sample});
    expect(failures).toEqual([]);
    expect(rows[0]?.total).toBe(Math.min(sample, 700));
    expect(rows[0]?.keys?.[0]).toMatchObject({key: 'customer-7', partitions: ['1']});
    if (sample === 10_000) {
      expect(rows[0]).toMatchObject({verdict: 'skewed', morePartitionsHelp: false});
      expect(rows[0]?.keys?.[0]).toMatchObject({count: 400, errorBound: 0});
    }
  }
});

test('lag of a group that is slow where there are few messages', async () => {
  const group = `${topic}-group`;
  await situation.commit(
    group,
    topic,
    new Map([
      [0, 100n],
      [1, 500n],
      [2, 0n],
    ]),
  );
  const {rows} = await ask('lag');
  expect(rows.find(row => row.subscription === group)).toMatchObject({
    verdict: 'skewed',
    total: 100,
    maxPartition: '2',
    causes: [{code: 'reader'}],
  });
});
