import {describe, expect, test} from 'vitest';
import type {PurgeSelection} from '../../src/brokers/port.ts';
import {
  batches,
  collect,
  dealt,
  depthOf,
  expectFailure,
  facet,
  figure,
  signal,
  sum,
  text,
  type Situation,
} from './situation.ts';

export function purgeTests(situation: Situation): void {
  const {harness, can} = situation;
  const partitions = Math.min(3, harness.maxPartitions);

  const filled = async (count: number, spread: number) => {
    const name = await harness.create({partitions: spread});
    await harness.produce(name, dealt(count, spread));
    await using broker = await harness.open();
    await figure(situation, () => depthOf(broker, name)).toBe(count);
    return name;
  };
  const plan = async (name: string, selection: PurgeSelection) => {
    await using broker = await harness.open();
    return facet(broker.purger).plan(name, selection, signal);
  };
  const purge = async (name: string, selection: PurgeSelection) => {
    const made = await plan(name, selection);
    await using broker = await harness.open();
    const outcomes = await collect(facet(broker.purger).apply(made, signal));
    expect(outcomes.map(({status}) => status)).toEqual(made.cuts.map(() => 'done'));
    return made;
  };
  const expectDepth = async (name: string, depth: number) => {
    await using broker = await harness.open();
    await figure(situation, () => depthOf(broker, name)).toBe(depth);
  };
  const left = async (name: string) => (await harness.contents(name)).map(text);

  if (can('purge.all')) {
    describe('purging everything', () => {
      test('a plan counts what goes, and deletes nothing', async () => {
        const name = await filled(7, partitions);
        const {cuts, destination} = await plan(name, {what: 'all'});
        expect(destination).toBe(name);
        expect(sum(cuts.map(({messages}) => messages))).toBe(7);
        await expectDepth(name, 7);
      });

      test('leaves nothing, and the destination goes on', async () => {
        const name = await filled(7, partitions);
        await purge(name, {what: 'all'});
        await expectDepth(name, 0);
        await harness.produce(name, dealt(2, partitions));
        await expectDepth(name, 2);
      });

      test('a plan that no longer fits is stale, and deletes nothing', async () => {
        const name = await filled(5, 1);
        const made = await plan(name, {what: 'all'});
        expect(made.preconditions.length).toBeGreaterThan(0);
        const preconditions = made.preconditions.map(({name: of, value}) => ({name: of, value: `${value} no more`}));
        await using broker = await harness.open();
        const attempt = collect(facet(broker.purger).apply({...made, preconditions}, signal));
        await expectFailure(attempt, 'planStale');
        await expectDepth(name, 5);
      });

      test('of a destination that is not there is notFound', async () => {
        await using broker = await harness.open();
        await expectFailure(facet(broker.purger).plan('no-such-name-4f1d', {what: 'all'}, signal), 'notFound');
      });
    });
  }

  if (can('purge.before')) {
    test('purging before a position leaves the rest', async () => {
      const name = await filled(5, 1);
      const {cuts} = await purge(name, {what: 'before', position: {at: 'shift', by: 2n}});
      expect(cuts.map(({messages}) => messages)).toEqual([2]);
      await expectDepth(name, 3);
      if (can('read.range')) {
        await using broker = await harness.open();
        const all = await collect(batches(broker, {destination: name}));
        expect(all.flatMap(({messages}) => messages).map(text)).toEqual(['m2', 'm3', 'm4']);
      } else expect(await left(name)).toEqual(['m2', 'm3', 'm4']);
    });
  }

  if (can('purge.selection') && can('read.range')) {
    test('purging chosen messages leaves the others in their order', async () => {
      const name = await filled(5, 1);
      await using broker = await harness.open();
      const all = (await collect(batches(broker, {destination: name}))).flatMap(({messages}) => messages);
      const chosen = all.filter(message => ['m1', 'm3'].includes(text(message) ?? ''));
      const positions = chosen.map(({partition, position}) => ({partition, position: position ?? ''}));
      const {cuts} = await purge(name, {what: 'positions', positions});
      expect(sum(cuts.map(({messages}) => messages))).toBe(2);
      await expectDepth(name, 3);
      const rest = (await collect(batches(broker, {destination: name}))).flatMap(({messages}) => messages);
      expect(rest.map(text)).toEqual(['m0', 'm2', 'm4']);
      const lastTwo = await collect(batches(broker, {destination: name, from: {at: 'shift', by: -2n}}));
      expect(lastTwo.flatMap(({messages}) => messages.map(text))).toEqual(['m2', 'm4']);
    });
  }
}
