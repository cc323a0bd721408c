import {describe, expect, test} from 'vitest';
import type {ReadRange} from '../../src/brokers/port.ts';
import {batches, collect, dealt, facet, message, signal, textsOf, type Situation} from './situation.ts';

export function forwardTests(situation: Situation): void {
  const {harness} = situation;
  const partitions = Math.min(3, harness.maxPartitions);
  const whole = (destination: string): ReadRange => ({
    destination,
    from: {at: 'earliest'},
    until: {at: 'latest'},
    follow: false,
  });

  describe('forwarding', () => {
    test('copies a range, partition by partition, and leaves the source', async () => {
      await using from = await harness.open();
      await using to = await harness.open();
      const [source, target] = [await harness.create({partitions}), await harness.create({partitions})];
      await harness.produce(source, dealt(5 * partitions, partitions));
      const chunks = await collect(
        facet(from.forwarder).forward(whole(source), {broker: to, destination: target}, signal),
      );
      expect(chunks.reduce((count, {messages}) => count + messages, 0)).toBe(5 * partitions);
      const [before, after] = [
        textsOf(await collect(batches(from, {destination: source}))),
        textsOf(await collect(batches(to, {destination: target}))),
      ];
      expect(after).toEqual(before);
    });

    test('copies a message with all that is in it', async () => {
      await using broker = await harness.open();
      const [source, target] = [await harness.create({partitions: 1}), await harness.create({partitions: 1})];
      const timestamp = new Date('2026-01-02T03:04:05Z');
      await harness.produce(source, [
        message('a', {key: Buffer.from('k'), headers: [{name: 'h', type: 'string', value: 'v'}], timestamp}),
      ]);
      await collect(facet(broker.forwarder).forward(whole(source), {broker, destination: target}, signal));
      const [one, two] = await Promise.all(
        [source, target].map(async name => {
          const [only] = (await collect(batches(broker, {destination: name}))).flatMap(({messages}) => messages);
          return only && {key: only.key, headers: only.headers, body: only.body, timestamp: only.timestamp};
        }),
      );
      expect(one).toBeDefined();
      expect(two).toEqual(one);
    });
  });
}
