import {expect, test} from 'vitest';
import type {MessageRow} from '../../src/model/rows/message.ts';
import {tail, type TailIntent} from '../../src/operations/tail.ts';
import {bodies, collect, fill, signal, smallBroker} from './small-broker.ts';

const asked: TailIntent = {
  destinations: ['orders'],
  partitions: [],
  from: {at: 'latest'},
  key: null,
  headers: [],
  limit: null,
  internal: false,
};

test('messages of several destinations and contexts as they come', async () => {
  await using one = await smallBroker('one');
  await using two = await smallBroker('two');
  await fill(one.store);
  await fill(two.store);
  const contexts = [one.context, two.context];
  const report = await tail(contexts, {...asked, destinations: ['orders', 'empty'], limit: 3}, signal);
  const reading = collect(report.rows);
  // The reads begin at the end as it is when they start, so messages keep coming until enough were seen.
  const adding = setInterval(() => {
    void one.store.append('orders', '1', bodies(1, 'one '));
    void two.store.append('empty', '0', bodies(1, 'two '));
  }, 200);
  const rows = await reading.finally(() => clearInterval(adding));
  expect(rows).toHaveLength(3);
  const seen = new Set(rows.map(({context, destination}) => `${context} ${destination}`));
  expect([...seen].every(name => ['one orders', 'two empty'].includes(name))).toBe(true);
  expect(report.failures).toEqual([]);
});

test('from a place on, with what is already there', async () => {
  await using broker = await smallBroker();
  await fill(broker.store);
  const intent = {...asked, from: {at: 'earliest'} as const, limit: 15};
  const rows = await collect((await tail([broker.context], intent, signal)).rows);
  expect(rows.map(({body}) => body)).toHaveLength(15);
});

test('it goes on until the signal fires', async () => {
  await using broker = await smallBroker();
  await fill(broker.store);
  const controller = new AbortController();
  const {rows} = await tail([broker.context], {...asked, from: {at: 'earliest'}}, controller.signal);
  const seen: MessageRow[] = [];
  const reading = (async () => {
    for await (const batch of rows) {
      seen.push(...batch);
      if (seen.length === 15) controller.abort();
    }
  })();
  await expect(reading).rejects.toMatchObject({kind: 'interrupted'});
  expect(seen).toHaveLength(15);
});

test('what is not there ends it before it begins', async () => {
  await using broker = await smallBroker();
  await expect(tail([broker.context], {...asked, destinations: ['nope']}, signal)).rejects.toMatchObject({
    kind: 'notFound',
  });
});
