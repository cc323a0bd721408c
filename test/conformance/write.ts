import {randomBytes} from 'node:crypto';
import {describe, expect, test} from 'vitest';
import type {WriteOptions, WriteSession} from '../../src/brokers/port.ts';
import type {Header, OutgoingMessage} from '../../src/model/message.ts';
import {nameFilter} from '../../src/model/name-filter.ts';
import {
  dealt,
  depthOf,
  expectFailure,
  facet,
  figure,
  hex,
  message,
  messagesIn,
  readTexts,
  signal,
  text,
  type Situation,
} from './situation.ts';

const everyType: readonly Header[] = [
  {name: 'string', type: 'string', value: 'grüße\u0000\u001b[31m'},
  {name: 'empty', type: 'string', value: ''},
  {name: 'bytes', type: 'bytes', value: new Uint8Array([0, 255, 128])},
  {name: 'int8', type: 'int8', value: -128},
  {name: 'uint8', type: 'uint8', value: 255},
  {name: 'int16', type: 'int16', value: -32_768},
  {name: 'uint16', type: 'uint16', value: 65_535},
  {name: 'int32', type: 'int32', value: -2_147_483_648},
  {name: 'uint32', type: 'uint32', value: 4_294_967_295},
  {name: 'int64', type: 'int64', value: -9_223_372_036_854_775_808n},
  {name: 'float', type: 'float', value: 1.5},
  {name: 'double', type: 'double', value: Math.PI},
  {name: 'true', type: 'boolean', value: true},
  {name: 'timestamp', type: 'timestamp', value: new Date('2026-02-03T04:05:06Z')},
  {name: 'decimal', type: 'decimal', value: '12.50'},
  {name: 'null', type: 'null', value: null},
  {name: 'table', type: 'table', value: [{name: 'inner', type: 'int16', value: 7}]},
  {name: 'array', type: 'array', value: [{name: '', type: 'string', value: 'one'}]},
];

export function writeTests(situation: Situation): void {
  const {harness, can, capabilities} = situation;
  const partitions = Math.min(3, harness.maxPartitions);

  const write = async (name: string, batch: readonly OutgoingMessage[]) => {
    await using broker = await harness.open();
    await using session = await facet(broker.writer).open(name, {}, signal);
    return await session.send(batch, signal);
  };
  /** Writes one message and gives it back as the broker has it. */
  const roundTrip = async (sent: OutgoingMessage) => {
    const name = await harness.create({partitions: 1});
    const outcomes = await write(name, [sent]);
    expect(outcomes.map(({status}) => status)).toEqual(['done']);
    await using broker = await harness.open();
    const [only, ...others] = await messagesIn(situation, broker, name);
    expect(others).toEqual([]);
    if (!only) throw new Error('the message is not there');
    return only;
  };

  describe('writing', () => {
    test('every message is confirmed, in order, and stored', async () => {
      const name = await harness.create({partitions: 1});
      const outcomes = await write(name, dealt(25, 1));
      expect(outcomes.map(({status}) => status)).toEqual(Array.from({length: 25}, () => 'done'));
      expect((await harness.contents(name)).map(text)).toEqual(Array.from({length: 25}, (_, index) => `m${index}`));
    });

    test('a confirmation says where the message is', async () => {
      const name = await harness.create({partitions: 1});
      const [outcome] = await write(name, dealt(1, 1));
      if (outcome?.status !== 'done') throw new Error('not confirmed');
      await using broker = await harness.open();
      const [only] = await messagesIn(situation, broker, name);
      if (outcome.position !== null) expect(outcome.position).toBe(only?.position);
      if (outcome.partition !== null) expect(outcome.partition).toBe(only?.partition);
    });

    test('batches follow one another', async () => {
      await using broker = await harness.open();
      const name = await harness.create({partitions: 1});
      await using session = await facet(broker.writer).open(name, {}, signal);
      for (const body of ['a', 'b', 'c']) await session.send([message(body)], signal);
      expect(await session.send([], signal)).toEqual([]);
      expect((await harness.contents(name)).map(text)).toEqual(['a', 'b', 'c']);
    });

    test('to a destination that is not there is notFound, and makes none', async () => {
      await using broker = await harness.open();
      const missing = 'no-such-destination-77';
      const attempt = async () => {
        await using session = await facet(broker.writer).open(missing, {}, signal);
        const [outcome] = await session.send([message('a')], signal);
        if (outcome && outcome.status !== 'done') throw outcome.failure;
      };
      await expectFailure(attempt(), 'notFound');
      const filter = {names: nameFilter([missing]), internal: true};
      expect((await broker.inspector.destinations(filter, signal)).items).toEqual([]);
    });

    const {refused} = harness;
    if (refused) {
      test('a refused message is a failed outcome and does not stop those after it', async () => {
        const name = await harness.create({partitions: 1});
        const outcomes = await write(name, [message('before'), refused, message('after')]);
        expect(outcomes.map(({status}) => status)).toEqual(['done', 'failed', 'done']);
        expect((await harness.contents(name)).map(text)).toEqual(['before', 'after']);
      });
    }

    test('an aborted send is interrupted', async () => {
      await using broker = await harness.open();
      const name = await harness.create({partitions: 1});
      await using session = await facet(broker.writer).open(name, {}, signal);
      await expectFailure(session.send([message('a')], AbortSignal.abort()), 'interrupted');
    });

    test('bytes that are no text', async () => {
      const body = Uint8Array.from({length: 256}, (_, index) => index);
      expect(hex((await roundTrip(message('', {body}))).body)).toBe(hex(body));
    });

    test('an empty body, and none', async () => {
      expect(hex((await roundTrip(message(''))).body)).toBe('');
      expect(hex((await roundTrip(message('', {body: null}))).body)).toBe(harness.keepsNullBody ? null : '');
    });

    test('a body of 1 MB', async () => {
      const body = randomBytes(1_000_000);
      const read = await roundTrip(message('', {body}));
      expect(Buffer.from(read.body ?? []).equals(body)).toBe(true);
    });

    if (can('write.key')) {
      test('the key, empty and none told apart', async () => {
        expect(hex((await roundTrip(message('a', {key: Buffer.from([1, 0, 200])}))).key)).toBe('0100c8');
        expect((await roundTrip(message('a', {key: null}))).key).toBeNull();
      });

      if (partitions > 1) {
        test('one key goes to one partition', async () => {
          const name = await harness.create({partitions});
          await write(
            name,
            dealt(12, 1).map(item => ({...item, key: Buffer.from('one')})),
          );
          expect(new Set((await harness.contents(name)).map(({partition}) => partition)).size).toBe(1);
        });
      }
    }

    if (can('write.partition') && partitions > 1) {
      test('the partition that was chosen', async () => {
        const name = await harness.create({partitions});
        const outcomes = await write(name, dealt(2 * partitions, partitions));
        const wanted = dealt(2 * partitions, partitions).map(({partition}) => partition);
        expect(outcomes.map(outcome => (outcome.status === 'done' ? outcome.partition : null))).toEqual(wanted);
        for (const {partition, body} of await harness.contents(name)) {
          expect(partition).toBe(String(Number(text({body})?.slice(1)) % partitions));
        }
      });
    }

    if (can('write.headers')) {
      test('a text and a bytes header', async () => {
        const headers: Header[] = [
          {name: 'b', type: 'string', value: 'two'},
          {name: 'a', type: 'bytes', value: new Uint8Array([255, 0])},
        ];
        const read = (await roundTrip(message('a', {headers}))).headers;
        for (const header of headers) expect(read).toContainEqual(header);
      });

      if (capabilities['write.headers'].level === 'native') {
        test('headers of every type, their order and repeats', async () => {
          const again: Header = {name: 'string', type: 'string', value: 'again'};
          expect((await roundTrip(message('a', {headers: [...everyType, again]}))).headers).toEqual([
            ...everyType,
            again,
          ]);
        });
      }
    }

    if (can('write.timestamp')) {
      test("the message's own time", async () => {
        const timestamp = new Date('2026-01-02T03:04:05Z');
        const read = await roundTrip(message('a', {timestamp}));
        expect([read.timestamp, read.timestampKind]).toEqual([timestamp, 'producer']);
      });
    }
  });

  if (can('write.exactlyOnce')) {
    describe('writing exactly once', () => {
      const ledgerKey = `ledger-${randomBytes(6).toString('hex')}`;
      const transact = async (name: string, options: WriteOptions, work: (session: WriteSession) => Promise<void>) => {
        await using broker = await harness.open();
        await using session = await facet(broker.writer).open(name, {exactlyOnce: true, ...options}, signal);
        await work(session);
      };
      const visible = async (name: string) => {
        await using broker = await harness.open();
        return Object.values(await readTexts(broker, {destination: name}))
          .flat()
          .toSorted();
      };

      test('nothing is seen before the commit, all of it after', async () => {
        const name = await harness.create({partitions});
        await transact(name, {}, async session => {
          await session.send(dealt(2 * partitions, partitions), signal);
          expect(await visible(name)).toEqual([]);
          await facet(session.commit?.('', signal));
          expect(await visible(name)).toHaveLength(2 * partitions);
        });
      });

      test('an aborted batch is never seen, nor one that was left open; the next one is', async () => {
        const name = await harness.create({partitions: 1});
        await transact(name, {}, async session => {
          await session.send([message('aborted')], signal);
          await facet(session.abort?.(signal));
          await session.send([message('kept')], signal);
          await facet(session.commit?.('', signal));
          await session.send([message('left open')], signal);
        });
        expect(await visible(name)).toEqual(['kept']);
      });

      test('the ledger entry comes with the messages, and a later session finds it', async () => {
        const name = await harness.create({partitions: 1});
        await transact(name, {ledgerKey}, async session => {
          expect(await facet(session.committed?.(signal))).toBeNull();
          await session.send([message('a')], signal);
          await facet(session.commit?.('up to 1', signal));
          await session.send([message('b')], signal);
          await facet(session.commit?.('up to 2', signal));
          await session.send([message('c')], signal);
          await facet(session.abort?.(signal));
        });
        await transact(name, {ledgerKey}, async session => {
          expect(await facet(session.committed?.(signal))).toBe('up to 2');
        });
        expect(await visible(name)).toEqual(['a', 'b']);
      });
    });
  }

  test('the depth grows by what was written', async () => {
    await using broker = await harness.open();
    const name = await harness.create({partitions});
    await write(name, dealt(9, 1));
    await figure(situation, () => depthOf(broker, name)).toBe(9);
  });
}
