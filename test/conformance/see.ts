import {describe, expect, test} from 'vitest';
import type {Unread} from '../../src/model/age.ts';
import {nameFilter} from '../../src/model/name-filter.ts';
import {
  dealt,
  depthOf,
  destinationNamed,
  expectFailure,
  figure,
  lagOf,
  message,
  progressOf,
  signal,
  sum,
  type Situation,
} from './situation.ts';

const missing = 'no-such-name-4f1d';

export function seeTests(situation: Situation): void {
  const {harness, can} = situation;
  const partitions = Math.min(3, harness.maxPartitions);

  describe('destinations', () => {
    test('an empty one holds 0, not an unknown number', async () => {
      await using broker = await harness.open();
      const name = await harness.create({partitions});
      await figure(situation, () => depthOf(broker, name)).toBe(0);
      const found = await destinationNamed(broker, name);
      expect(found?.partitions).toHaveLength(partitions);
      expect(found?.partitions.map(({first, last}) => [first, last])).toEqual(
        Array.from({length: partitions}, () => [null, null]),
      );
    });

    test('the depth is what was produced, in each partition', async () => {
      await using broker = await harness.open();
      const name = await harness.create({partitions});
      await harness.produce(name, dealt(3 * partitions + 2, partitions));
      await figure(situation, () => depthOf(broker, name)).toBe(3 * partitions + 2);
      const found = await destinationNamed(broker, name);
      if (can('inspect.bytes')) {
        const bytes = async () => sum((await destinationNamed(broker, name))?.partitions.map(p => p.depth.bytes) ?? []);
        await figure(situation, bytes).toBeGreaterThan(0);
      }
      const stored = await harness.contents(name);
      for (const {id, depth} of found?.partitions ?? []) {
        const expected = stored.filter(({partition}) => partition === id).length;
        expect({id, messages: depth.messages}).toEqual({id, messages: expected});
        expect(depth.method).not.toBe('');
        expect(depth.asOf).toBeInstanceOf(Date);
      }
    });

    test('are listed in the order of their names, and a name that is not there is left out', async () => {
      await using broker = await harness.open();
      const names = [await harness.create({partitions: 1}), await harness.create({partitions: 1})];
      const filter = {names: nameFilter([...names.toReversed(), missing]), internal: false};
      const {items} = await broker.inspector.destinations(filter, signal);
      expect(items.map(({name}) => name)).toEqual(names.toSorted());
    });

    test('are found by a pattern', async () => {
      await using broker = await harness.open();
      const name = await harness.create({partitions: 1});
      const filter = {names: nameFilter([`${name.slice(0, -1)}?`]), internal: false};
      const {items} = await broker.inspector.destinations(filter, signal);
      expect(items.map(item => item.name)).toContain(name);
    });

    test('describing one that is not there is notFound', async () => {
      await using broker = await harness.open();
      await expectFailure(broker.inspector.describe(missing, signal), 'notFound');
    });

    test('a description and a listing agree', async () => {
      await using broker = await harness.open();
      const name = await harness.create({partitions});
      const {destination} = await broker.inspector.describe(name, signal);
      const listed = await destinationNamed(broker, name);
      expect([destination.name, destination.kind]).toEqual([name, listed?.kind]);
      expect(destination.partitions.map(({id}) => id)).toEqual(listed?.partitions.map(({id}) => id));
    });

    test('an aborted look is interrupted', async () => {
      await using broker = await harness.open();
      const filter = {names: nameFilter([]), internal: false};
      await expectFailure(broker.inspector.destinations(filter, AbortSignal.abort()), 'interrupted');
    });
  });

  if (can('inspect.lag')) {
    describe('subscriptions', () => {
      test('lag is what has not been consumed', async () => {
        await using broker = await harness.open();
        const name = await harness.create({partitions});
        await harness.produce(name, dealt(10, partitions));
        await harness.consume(name, 4);
        await figure(situation, () => lagOf(situation, broker, name)).toBe(6);
        await harness.consume(name, 6);
        await figure(situation, () => lagOf(situation, broker, name)).toBe(0);
      });

      test('every line is keyed by destination and partition, and none is missing', async () => {
        await using broker = await harness.open();
        const name = await harness.create({partitions});
        await harness.produce(name, dealt(partitions, partitions));
        await harness.consume(name, partitions);
        await figure(situation, () => lagOf(situation, broker, name)).toBe(0);
        const lines = await progressOf(situation, broker, name);
        const listed = await destinationNamed(broker, name);
        expect(lines.map(({partition}) => partition).toSorted()).toEqual(
          listed?.partitions.map(({id}) => id).toSorted(),
        );
        expect(lines.filter(({method, problem}) => method === '' || problem !== undefined)).toEqual([]);
      });

      test('a name that is not there is left out', async () => {
        await using broker = await harness.open();
        const filter = {names: nameFilter([missing]), destinations: nameFilter([]), internal: false};
        expect((await broker.inspector.subscriptions(filter, signal)).items).toEqual([]);
      });

      const hold = harness.hold?.bind(harness);
      if (can('inspect.inFlight') && hold) {
        test('what a member holds is in flight and not lag, until it is released', async () => {
          await using broker = await harness.open();
          const name = await harness.create({partitions: 1});
          await harness.produce(name, dealt(5, 1));
          const held = await hold(name, 3);
          const inFlight = async () => sum((await progressOf(situation, broker, name)).map(line => line.inFlight));
          await figure(situation, inFlight).toBe(3);
          await figure(situation, () => lagOf(situation, broker, name)).toBe(2);
          await figure(situation, () => depthOf(broker, name)).toBe(5);
          if (can('inspect.members')) {
            const filter = {
              names: nameFilter([harness.subscriptionFor(name)]),
              destinations: nameFilter([]),
              internal: false,
            };
            const members = async () => (await broker.inspector.subscriptions(filter, signal)).items[0]?.members;
            await figure(situation, members).toBeGreaterThan(0);
          }
          await held.release();
          await figure(situation, inFlight).toBe(0);
          await figure(situation, () => lagOf(situation, broker, name)).toBe(5);
        });
      }
    });
  }

  if (can('inspect.age')) {
    describe('ages', () => {
      const ageOf = async (destination: string) => {
        await using broker = await harness.open();
        const [line] = await progressOf(situation, broker, destination);
        const of: Unread = {
          destination,
          partition: line?.partition ?? null,
          subscription: harness.subscriptionFor(destination),
          position: line?.position ?? null,
        };
        const [age, ...others] = (await broker.inspector.ages([of], signal)).items;
        expect(others).toEqual([]);
        expect(age?.of).toEqual(of);
        return age;
      };

      test('the first unread message gives the age', async () => {
        const name = await harness.create({partitions: 1});
        const hourAgo = new Date(Math.floor(Date.now() / 1000) * 1000 - 3_600_000);
        const halfHourAgo = new Date(hourAgo.getTime() + 1_800_000);
        await harness.produce(name, [
          message('a', {timestamp: hourAgo}),
          message('b', {timestamp: halfHourAgo}),
          message('c', {timestamp: new Date()}),
        ]);
        await harness.consume(name, 1);
        await figure(situation, async () => (await ageOf(name))?.seconds ?? null).toBeGreaterThan(
          can('write.timestamp') ? 1799 : -1,
        );
        expect((await ageOf(name))?.seconds).toBeLessThan(can('write.timestamp') ? 3600 : 600);
      });

      test('nothing unread is 0 seconds and no time', async () => {
        const name = await harness.create({partitions: 1});
        await harness.produce(name, [message('a')]);
        await harness.consume(name, 1);
        await figure(situation, async () => (await ageOf(name))?.seconds).toBe(0);
        expect((await ageOf(name))?.oldest).toBeNull();
      });
    });
  }

  const route = harness.route?.bind(harness);
  if (can('inspect.deadLetters') && route) {
    test('a dead-letter route is listed with how it was found', async () => {
      await using broker = await harness.open();
      const {source, destination} = await route();
      const find = async () =>
        (await broker.inspector.deadLetters(signal)).items.find(
          item => item.source === source && item.destination === destination,
        );
      await figure(situation, find).toBeDefined();
      expect((await find())?.foundBy).not.toBe('');
    });
  }
}
