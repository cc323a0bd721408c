import {setTimeout as sleep} from 'node:timers/promises';
import {describe, expect, test} from 'vitest';
import type {Batch} from '../../src/brokers/port.ts';
import type {Position} from '../../src/model/position.ts';
import {
  batches,
  collect,
  dealt,
  depthOf,
  endsOnAbort,
  expectFailure,
  facet,
  figure,
  hex,
  limits,
  message,
  readTexts,
  signal,
  text,
  textsOf,
  worldOf,
  type Situation,
} from './situation.ts';

const missing = 'no-such-name-4f1d';

export function readTests(situation: Situation): void {
  const {harness, can} = situation;
  const partitions = Math.min(3, harness.maxPartitions);

  /** A destination of one partition with the messages m0 … */
  const filled = async (count: number) => {
    const name = await harness.create({partitions: 1});
    await harness.produce(name, dealt(count, 1));
    return name;
  };

  describe('reading', () => {
    test('gives every partition in its order, and ends', async () => {
      await using broker = await harness.open();
      const name = await harness.create({partitions});
      const sent = dealt(7 * partitions, partitions);
      await harness.produce(name, sent);
      const seen = await readTexts(broker, {destination: name});
      const expected: Record<string, (string | null)[]> = {};
      for (const {partition, body} of await harness.contents(name)) {
        (expected[String(partition)] ??= []).push(text({body}));
      }
      expect(Object.values(expected).flat()).toHaveLength(sent.length);
      expect(seen).toEqual(expected);
    });

    test('an empty destination ends at once without a message', async () => {
      await using broker = await harness.open();
      const name = await harness.create({partitions});
      expect(await readTexts(broker, {destination: name})).toEqual({});
    });

    test('a message says where it is from', async () => {
      await using broker = await harness.open();
      const name = await filled(1);
      const [only, ...others] = (await collect(batches(broker, {destination: name}))).flatMap(b => b.messages);
      expect(others).toEqual([]);
      expect(only?.destination).toBe(name);
      expect(only?.position).toMatch(/./);
    });

    test('batches keep to their size, and their next and end lead through the partition', async () => {
      await using broker = await harness.open();
      const name = await filled(7);
      const all = await collect(batches(broker, {destination: name}, {...limits, batchMessages: 2}));
      expect(all.filter(batch => batch.messages.length > 2)).toEqual([]);
      expect(all.flatMap(batch => batch.messages.map(text))).toEqual(['m0', 'm1', 'm2', 'm3', 'm4', 'm5', 'm6']);
      expect(new Set(all.map(({end}) => end)).size).toBe(1);
      expect(all.at(-1)?.next).toBe(all.at(-1)?.end);
    });

    test('goes on where a batch says that the next begins', async () => {
      await using broker = await harness.open();
      const name = await filled(5);
      let first: Batch | undefined;
      for await (const batch of batches(broker, {destination: name}, {...limits, batchMessages: 2})) {
        first = batch;
        if (batch.messages.length > 0) break;
      }
      const done = first?.messages.map(text) ?? [];
      expect(done.length).toBeGreaterThan(0);
      const token = first?.next ?? '';
      const fromEach = new Map<string | null, Position>([[first?.partition ?? null, {at: 'native', token}]]);
      const rest = await collect(batches(broker, {destination: name, from: {at: 'latest'}, fromEach}));
      expect([...done, ...rest.flatMap(batch => batch.messages.map(text))]).toEqual(['m0', 'm1', 'm2', 'm3', 'm4']);
    });

    test('stops after as many messages as were asked for', async () => {
      await using broker = await harness.open();
      const name = await filled(6);
      const some = await collect(batches(broker, {destination: name}, {...limits, messages: 4}));
      expect(some.flatMap(batch => batch.messages.map(text)).slice(0, 4)).toEqual(['m0', 'm1', 'm2', 'm3']);
      expect(some.flatMap(batch => batch.messages)).toHaveLength(4);
    });

    if (partitions > 1) {
      test('keeps to the partitions that were asked for', async () => {
        await using broker = await harness.open();
        const name = await harness.create({partitions});
        await harness.produce(name, dealt(2 * partitions, partitions));
        const texts = await readTexts(broker, {destination: name, partitions: ['1']});
        expect(texts).toEqual({'1': ['m1', `m${1 + partitions}`]});
      });
    }

    test('a destination or partition that is not there is notFound', async () => {
      await using broker = await harness.open();
      await expectFailure(collect(batches(broker, {destination: missing})), 'notFound');
      const name = await harness.create({partitions: 1});
      await expectFailure(collect(batches(broker, {destination: name, partitions: ['999']})), 'notFound');
    });

    test('what is produced after it began is left for the next read', async () => {
      await using broker = await harness.open();
      const name = await filled(4);
      const seen: (string | null)[] = [];
      let added = false;
      for await (const batch of batches(broker, {destination: name}, {...limits, batchMessages: 1})) {
        seen.push(...batch.messages.map(text));
        if (!added) await harness.produce(name, [message('late')]);
        added = true;
      }
      expect(seen).toEqual(['m0', 'm1', 'm2', 'm3']);
    });

    test('leaves no trace', async () => {
      await using broker = await harness.open();
      const name = await harness.create({partitions});
      await harness.produce(name, dealt(6, partitions));
      await harness.consume(name, 2);
      const expected = can('take') ? 4 : 6;
      await figure(situation, () => depthOf(broker, name)).toBe(expected);
      const before = await worldOf(broker, name);
      await collect(batches(broker, {destination: name}));
      await collect(batches(broker, {destination: name, from: {at: 'shift', by: -1n}}));
      await figure(situation, () => worldOf(broker, name)).toEqual(before);
    });

    test('shows key, headers and bytes as they were produced', async () => {
      await using broker = await harness.open();
      const name = await harness.create({partitions: 1});
      const body = Buffer.from([0, 255, 27, 91, 50, 74, 10, 13, 128]);
      await harness.produce(name, [
        {...message(''), key: Buffer.from('k'), headers: [{name: 'h', type: 'string', value: 'v'}], body},
      ]);
      const [only] = (await collect(batches(broker, {destination: name}))).flatMap(batch => batch.messages);
      expect(hex(only?.body ?? null)).toBe(hex(body));
      if (can('write.key')) expect(hex(only?.key ?? null)).toBe(hex(Buffer.from('k')));
      if (can('write.headers')) expect(only?.headers).toContainEqual({name: 'h', type: 'string', value: 'v'});
    });

    test('a signal that has fired stops it before it begins', async () => {
      await using broker = await harness.open();
      const name = await filled(1);
      const range = {destination: name, from: {at: 'earliest'}, until: {at: 'latest'}, follow: false} as const;
      await expectFailure(collect(facet(broker.reader).read(range, limits, AbortSignal.abort())), 'interrupted');
    });
  });

  describe('reading from and until a position', () => {
    const token = async (name: string, index: number): Promise<Position> => {
      await using broker = await harness.open();
      const all = (await collect(batches(broker, {destination: name}))).flatMap(batch => batch.messages);
      return {at: 'native', token: all[index]?.position ?? ''};
    };
    const read = async (name: string, from: Position, until: Position) => {
      await using broker = await harness.open();
      return Object.values(await readTexts(broker, {destination: name, from, until})).flat();
    };
    const earliest: Position = {at: 'earliest'};
    const latest: Position = {at: 'latest'};

    test('earliest and latest', async () => {
      const name = await filled(3);
      expect(await read(name, earliest, latest)).toEqual(['m0', 'm1', 'm2']);
      expect(await read(name, latest, latest)).toEqual([]);
    });

    test('a token: from it on, or up to it and without it', async () => {
      const name = await filled(5);
      const third = await token(name, 2);
      expect(await read(name, third, latest)).toEqual(['m2', 'm3', 'm4']);
      expect(await read(name, earliest, third)).toEqual(['m0', 'm1']);
      expect(await read(name, third, third)).toEqual([]);
    });

    test('a shift: +N after the first, -N before the end', async () => {
      const name = await filled(5);
      expect(await read(name, {at: 'shift', by: 2n}, latest)).toEqual(['m2', 'm3', 'm4']);
      expect(await read(name, {at: 'shift', by: -2n}, latest)).toEqual(['m3', 'm4']);
      expect(await read(name, {at: 'shift', by: -99n}, {at: 'shift', by: -1n})).toEqual(['m0', 'm1', 'm2', 'm3']);
      expect(await read(name, {at: 'shift', by: 99n}, latest)).toEqual([]);
    });

    if (can('read.byTime')) {
      test('a time: the first message at or after it', async () => {
        const name = await harness.create({partitions: 1});
        await harness.produce(name, [message('before')]);
        await sleep(1200);
        const time = new Date();
        await sleep(50);
        await harness.produce(name, [message('after'), message('after too')]);
        expect(await read(name, {at: 'time', time}, latest)).toEqual(['after', 'after too']);
        expect(await read(name, earliest, {at: 'time', time})).toEqual(['before']);
        const future = new Date(Date.now() + 3_600_000);
        expect(await read(name, {at: 'time', time: future}, latest)).toEqual([]);
      });
    }
  });

  if (can('read.follow')) {
    describe('following', () => {
      test('shows what comes, until the signal', async () => {
        await using broker = await harness.open();
        const name = await filled(1);
        const stop = new AbortController();
        const range = {destination: name, from: {at: 'earliest'}, until: {at: 'latest'}, follow: true} as const;
        const seen: (string | null)[] = [];
        let produced = false;
        const following = (async () => {
          for await (const batch of facet(broker.reader).read(range, limits, stop.signal)) {
            expect(batch.end).toBeNull();
            seen.push(...batch.messages.map(text));
            if (seen.length >= 1 && !produced) {
              produced = true;
              await harness.produce(name, [message('new')]);
            }
            if (seen.includes('new')) stop.abort();
          }
        })();
        await endsOnAbort(following);
        expect(seen).toEqual(['m0', 'new']);
      });

      test('ends soon after the signal although nothing comes', async () => {
        await using broker = await harness.open();
        const name = await harness.create({partitions});
        const stop = new AbortController();
        const range = {destination: name, from: {at: 'latest'}, until: {at: 'latest'}, follow: true} as const;
        const following = collect(facet(broker.reader).read(range, limits, stop.signal));
        setTimeout(() => stop.abort(), 300);
        await endsOnAbort(following);
      });
    });
  }

  test('a read that is left early lets the broker be closed', async () => {
    const broker = await harness.open();
    const name = await filled(5);
    for await (const batch of facet(broker.reader).read(
      {destination: name, from: {at: 'earliest'}, until: {at: 'latest'}, follow: false},
      {...limits, batchMessages: 1},
      signal,
    )) {
      if (batch.messages.length > 0) break;
    }
    await broker[Symbol.asyncDispose]();
    await using again = await harness.open();
    expect(Object.values(textsOf(await collect(batches(again, {destination: name})))).flat()).toHaveLength(5);
  });
}
