import {setTimeout as sleep} from 'node:timers/promises';
import {describe, expect, test} from 'vitest';
import type {Position} from '../../src/model/position.ts';
import {
  collect,
  dealt,
  expectFailure,
  facet,
  figure,
  lagOf,
  message,
  progressOf,
  signal,
  sum,
  type Situation,
} from './situation.ts';

export function cursorTests(situation: Situation): void {
  const {harness, can} = situation;
  const partitions = Math.min(3, harness.maxPartitions);

  /** A destination with 10 messages of which the subscription has read 4. */
  const halfRead = async () => {
    const name = await harness.create({partitions});
    await harness.produce(name, dealt(10, partitions));
    await harness.consume(name, 4);
    await using broker = await harness.open();
    await figure(situation, () => lagOf(situation, broker, name)).toBe(6);
    return name;
  };
  const plan = async (name: string, to: Position) => {
    await using broker = await harness.open();
    return facet(broker.cursor).plan(harness.subscriptionFor(name), name, to, signal);
  };
  const move = async (name: string, to: Position) => {
    const made = await plan(name, to);
    await using broker = await harness.open();
    const outcomes = await collect(facet(broker.cursor).apply(made, signal));
    expect(outcomes.map(({status}) => status)).toEqual(made.moves.map(() => 'done'));
    return made;
  };
  const expectLag = async (name: string, lag: number) => {
    await using broker = await harness.open();
    await figure(situation, () => lagOf(situation, broker, name)).toBe(lag);
  };

  describe('moving a cursor', () => {
    test('a plan counts what is delivered again, and changes nothing', async () => {
      const name = await halfRead();
      const {moves, subscription} = await plan(name, {at: 'earliest'});
      expect(subscription).toBe(harness.subscriptionFor(name));
      expect(moves).toHaveLength(partitions);
      expect(sum(moves.map(({repeats}) => repeats ?? 0))).toBe(4);
      await expectLag(name, 6);
    });

    test('to the first message', async () => {
      const name = await halfRead();
      const {moves} = await move(name, {at: 'earliest'});
      await expectLag(name, 10);
      await using broker = await harness.open();
      const lines = await progressOf(situation, broker, name);
      for (const {partition, to} of moves) {
        expect(lines.find(line => line.partition === partition)?.position).toBe(to);
      }
    });

    test('to the end', async () => {
      const name = await halfRead();
      const {moves} = await move(name, {at: 'latest'});
      expect(sum(moves.map(({repeats}) => repeats ?? 0))).toBe(-6);
      await expectLag(name, 0);
    });

    test('back by a number of messages from where it stands', async () => {
      const name = await harness.create({partitions: 1});
      await harness.produce(name, dealt(10, 1));
      await harness.consume(name, 4);
      await move(name, {at: 'shift', by: -3n});
      await expectLag(name, 9);
    });

    if (can('cursor.moveByTime')) {
      test('to a time', async () => {
        const name = await harness.create({partitions: 1});
        await harness.produce(name, [message('a'), message('b')]);
        await sleep(1200);
        const time = new Date();
        await sleep(50);
        await harness.produce(name, [message('c')]);
        await harness.consume(name, 3);
        await move(name, {at: 'time', time});
        await expectLag(name, 1);
      });
    }

    test('a plan whose cursor has moved since is stale, and nothing changes', async () => {
      const name = await halfRead();
      const made = await plan(name, {at: 'earliest'});
      await harness.consume(name, 2);
      await expectLag(name, 4);
      await using broker = await harness.open();
      await expectFailure(collect(facet(broker.cursor).apply(made, signal)), 'planStale');
      await expectLag(name, 4);
    });

    test('a plan survives JSON', async () => {
      const made = await plan(await halfRead(), {at: 'earliest'});
      expect(JSON.parse(JSON.stringify(made))).toEqual(made);
    });

    test('a subscription that is not there is notFound', async () => {
      const name = await harness.create({partitions: 1});
      await using broker = await harness.open();
      const attempt = facet(broker.cursor).plan('no-such-name-4f1d', name, {at: 'earliest'}, signal);
      await expectFailure(attempt, 'notFound');
    });
  });
}
