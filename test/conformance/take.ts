import {describe, expect, test} from 'vitest';
import type {Broker, Delivery} from '../../src/brokers/port.ts';
import {
  collect,
  dealt,
  depthOf,
  endsOnAbort,
  expectFailure,
  facet,
  figure,
  signal,
  text,
  type Situation,
} from './situation.ts';

export function takeTests(situation: Situation): void {
  const {harness} = situation;

  const filled = async (count: number) => {
    const name = await harness.create({partitions: 1});
    await harness.produce(name, dealt(count, 1));
    return name;
  };
  /** Takes up to `limit` messages and leaves them unsettled. */
  const hold = async (broker: Broker, name: string, limit: number): Promise<Delivery[]> =>
    (await collect(facet(broker.taker).take(name, {window: limit, limit}, signal))).flat();
  const texts = (deliveries: readonly Delivery[]) => deliveries.map(({message}) => text(message));

  describe('taking', () => {
    test('gives the messages in their order, and accepting removes them', async () => {
      await using broker = await harness.open();
      const name = await filled(5);
      const held = await hold(broker, name, 5);
      expect(texts(held)).toEqual(['m0', 'm1', 'm2', 'm3', 'm4']);
      const outcomes = await facet(broker.taker).settle(held, 'accept', signal);
      expect(outcomes.map(({status}) => status)).toEqual(Array.from({length: 5}, () => 'done'));
      await figure(situation, () => depthOf(broker, name)).toBe(0);
      expect(await harness.contents(name)).toEqual([]);
    });

    test('keeps to its limit, and ends by itself where there is no more', async () => {
      await using broker = await harness.open();
      const name = await filled(3);
      const two = await hold(broker, name, 2);
      expect(texts(two)).toEqual(['m0', 'm1']);
      const rest = await hold(broker, name, 10);
      expect(texts(rest)).toEqual(['m2']);
      await facet(broker.taker).settle([...two, ...rest], 'accept', signal);
      expect(await hold(broker, name, 10)).toEqual([]);
    });

    test('never holds more than its window', async () => {
      await using broker = await harness.open();
      const taker = facet(broker.taker);
      const name = await filled(7);
      const seen: (string | null)[] = [];
      for await (const deliveries of taker.take(name, {window: 2, limit: 100}, signal)) {
        expect(deliveries.length).toBeLessThanOrEqual(2);
        seen.push(...texts(deliveries));
        await taker.settle(deliveries, 'accept', signal);
      }
      expect(seen).toEqual(['m0', 'm1', 'm2', 'm3', 'm4', 'm5', 'm6']);
    });

    test('what is returned is there again, and counts one delivery more', async () => {
      await using broker = await harness.open();
      const name = await filled(3);
      const first = await hold(broker, name, 3);
      await facet(broker.taker).settle(first, 'return', signal);
      await figure(situation, () => depthOf(broker, name)).toBe(3);
      const second = await hold(broker, name, 3);
      expect(texts(second).toSorted()).toEqual(['m0', 'm1', 'm2']);
      for (const delivery of second) {
        const before = first.find(({message}) => text(message) === text(delivery.message))?.message.deliveryCount;
        const {deliveryCount} = delivery.message;
        if (deliveryCount !== null) expect(deliveryCount).toBe((before ?? 0) + 1);
      }
      await facet(broker.taker).settle(second, 'accept', signal);
    });

    test('one message of several can be accepted and another returned', async () => {
      await using broker = await harness.open();
      const taker = facet(broker.taker);
      const name = await filled(3);
      const held = await hold(broker, name, 3);
      await taker.settle(held.slice(1, 2), 'accept', signal);
      await taker.settle([...held.slice(0, 1), ...held.slice(2)], 'return', signal);
      await figure(situation, () => depthOf(broker, name)).toBe(2);
      expect((await harness.contents(name)).map(text).toSorted()).toEqual(['m0', 'm2']);
    });

    test('a broker that goes without settling leaves every message', async () => {
      const name = await filled(4);
      const broker = await harness.open();
      expect(await hold(broker, name, 4)).toHaveLength(4);
      await broker[Symbol.asyncDispose]();
      await using other = await harness.open();
      await figure(situation, () => depthOf(other, name)).toBe(4);
      const again = await hold(other, name, 4);
      expect(texts(again).toSorted()).toEqual(['m0', 'm1', 'm2', 'm3']);
      await facet(other.taker).settle(again, 'accept', signal);
    });

    test('a held message is given to nobody else', async () => {
      await using one = await harness.open();
      await using two = await harness.open();
      const name = await filled(2);
      const held = await hold(one, name, 2);
      expect(held).toHaveLength(2);
      expect(await hold(two, name, 2)).toEqual([]);
      await facet(one.taker).settle(held, 'accept', signal);
    });

    test('the signal stops it', async () => {
      await using broker = await harness.open();
      const name = await filled(1);
      const stop = new AbortController();
      const taking = (async () => {
        for await (const deliveries of facet(broker.taker).take(name, {window: 1, limit: 100}, stop.signal)) {
          // Left unsettled: the window stays closed, and only the signal can end the wait.
          expect(deliveries).toHaveLength(1);
          setTimeout(() => stop.abort(), 200);
        }
      })();
      await endsOnAbort(taking);
    });

    test('a destination that is not there is notFound', async () => {
      await using broker = await harness.open();
      await expectFailure(hold(broker, 'no-such-name-4f1d', 1), 'notFound');
    });
  });
}
