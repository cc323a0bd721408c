import {describe, expect, test} from 'vitest';
import type {Delivery} from '../../../src/brokers/port.ts';
import {isAtLeast} from '../../../src/brokers/rabbitmq/queue-facts.ts';
import {rabbitTaker} from '../../../src/brokers/rabbitmq/taker.ts';
import {rabbitWriter} from '../../../src/brokers/rabbitmq/writer.ts';
import {rabbitReader} from '../../../src/brokers/rabbitmq/stream-reader.ts';
import type {Header, Message} from '../../../src/model/message.ts';
import {rabbitmq, rabbitmqLines} from '../real.ts';
import {cuttableWire} from './cuttable-wire.ts';
import {eventually, lookAt, outgoing, realQueue, text} from './real-queue.ts';
import {targetOf} from './target.ts';

const {signal} = new AbortController();
const limits = {batchMessages: 100, batchBytes: 1 << 20, messages: null};

/** One header of every type RabbitMQ has, named in alphabetical order: from 4.0 on the server sorts them. */
const everyHeader: readonly Header[] = [
  {name: 'a-boolean', type: 'boolean', value: true},
  {name: 'b-int8', type: 'int8', value: -5},
  {name: 'c-uint8', type: 'uint8', value: 200},
  {name: 'd-int16', type: 'int16', value: 5},
  {name: 'e-uint16', type: 'uint16', value: 60_000},
  {name: 'f-int32', type: 'int32', value: 5},
  {name: 'g-uint32', type: 'uint32', value: 4_000_000_000},
  {name: 'h-int64', type: 'int64', value: 9_007_199_254_740_993n},
  {name: 'i-float', type: 'float', value: Math.fround(0.1)},
  {name: 'j-double', type: 'double', value: 5},
  {name: 'k-double', type: 'double', value: 1_125_899_906_842_624.5},
  {name: 'l-decimal', type: 'decimal', value: '123.45'},
  {name: 'm-timestamp', type: 'timestamp', value: new Date(1_700_000_000_000)},
  {name: 'n-string', type: 'string', value: 'héllo'},
  {name: 'o-bytes', type: 'bytes', value: Uint8Array.of(0, 255, 128)},
  {name: 'p-null', type: 'null', value: null},
  {name: 'q-table', type: 'table', value: [{name: '!', type: 'int16', value: 3}]},
  {
    name: 'r-array',
    type: 'array',
    value: [
      {name: '', type: 'double', value: 2},
      {name: '', type: 'string', value: ''},
    ],
  },
];

for (const line of rabbitmqLines()) {
  const server = rabbitmq(line);
  const target = targetOf(server);

  describe(`rabbitmq ${server.version}`, () => {
    test.each(['classic', 'quorum'] as const)('a %s queue: headers of every type, both ways', async type => {
      await using queue = await realQueue(server.url, type);
      await using taker = rabbitTaker(target, async () => queue.facts);
      await using session = await rabbitWriter(target, async () => queue.facts).open(queue.name, {}, signal);
      const native = {
        exchange: 'was',
        contentType: 'text/plain',
        contentEncoding: 'gzip',
        deliveryMode: 1,
        priority: 7,
        correlationId: 'c',
        replyTo: 'r',
        expiration: '1',
        type: 't',
        userId: 'somebody else',
        appId: 'a',
        clusterId: 'cl',
        timestamp: 1_700_000_000_123n,
      };
      const first = outgoing('one', {headers: everyHeader, id: 'id', timestamp: new Date(1_700_000_000_123), native});
      expect(await session.send([first], signal)).toEqual([
        {status: 'done', partition: null, position: null, duplicate: false},
      ]);
      const [once] = await lookAt(taker, queue.name, signal);
      expect(once?.message.headers).toEqual(everyHeader);
      const {exchange: _exchange, expiration: _expiration, userId: _userId, ...kept} = native;
      expect(once?.message).toMatchObject({id: 'id', timestamp: first.timestamp, native: {...kept, exchange: ''}});
      expect(once?.message.native).not.toHaveProperty('expiration');
      expect(once?.message.native).not.toHaveProperty('userId');
      // What was read is written back, and is the same when read again.
      await session.send(
        [{...first, headers: once?.message.headers ?? [], native: once?.message.native ?? {}}],
        signal,
      );
      const again = await lookAt(taker, queue.name, signal);
      expect(again.map(({message}) => message.headers)).toEqual([everyHeader, everyHeader]);
    });

    test.each(['classic', 'quorum'] as const)('a %s queue: returned messages keep their place', async type => {
      await using queue = await realQueue(server.url, type);
      await using taker = rabbitTaker(target, async () => queue.facts);
      await using session = await rabbitWriter(target, async () => queue.facts).open(queue.name, {}, signal);
      const bodies = ['m0', 'm1', 'm2', 'm3', 'm4', 'm5', 'm6'];
      await session.send(
        bodies.map(body => outgoing(body)),
        signal,
      );
      for (let look = 0; look < 3; look++) {
        expect((await lookAt(taker, queue.name, signal)).map(({message}) => text(message))).toEqual(bodies);
      }
    });

    test.each(['classic', 'quorum'] as const)('a %s queue: some accepted, some returned', async type => {
      await using queue = await realQueue(server.url, type);
      await using taker = rabbitTaker(target, async () => queue.facts);
      await using session = await rabbitWriter(target, async () => queue.facts).open(queue.name, {}, signal);
      await session.send(
        ['m0', 'm1', 'm2', 'm3', 'm4', 'm5', 'm6'].map(body => outgoing(body)),
        signal,
      );
      const seen: string[] = [];
      for await (const deliveries of taker.take(queue.name, {window: 2, limit: 5}, signal)) {
        expect(deliveries.length).toBeLessThanOrEqual(2);
        seen.push(...deliveries.map(({message}) => text(message)));
        const odd = deliveries.filter(({message}) => /[135]/.test(text(message)));
        await taker.settle(odd, 'return', signal);
        const outcomes = await taker.settle(
          deliveries.filter(delivery => !odd.includes(delivery)),
          'accept',
          signal,
        );
        for (const outcome of outcomes) expect(outcome.status).toBe('done');
      }
      expect(seen).toEqual(['m0', 'm1', 'm2', 'm3', 'm4']);
      expect(await queue.drain()).toEqual(['m1', 'm3', 'm5', 'm6']);
    });

    test('a quorum queue survives more looks than its limit, and says how many are left', async () => {
      await using queue = await realQueue(server.url, 'quorum', {'x-delivery-limit': 3});
      await using taker = rabbitTaker(target, async () => queue.facts);
      await using session = await rabbitWriter(target, async () => queue.facts).open(queue.name, {}, signal);
      await session.send([outgoing('precious', {headers: everyHeader})], signal);
      const left: (number | null | undefined)[] = [];
      for (let look = 0; look < 9; look++) {
        const [delivery] = await lookAt(taker, queue.name, signal);
        expect(delivery && text(delivery.message)).toBe('precious');
        expect(delivery?.message.headers).toEqual(everyHeader);
        left.push(delivery?.returnsLeft);
      }
      const free = isAtLeast(server.version, 4, 3);
      expect(left).toEqual(free ? Array<null>(9).fill(null) : [2, 1, 0, 0, 2, 1, 0, 0, 2]);
      expect(await queue.drain()).toEqual(['precious']);
    });

    test('a message written anew goes to its own queue only', async () => {
      await using copies = await realQueue(server.url, 'classic');
      await using queue = await realQueue(server.url, 'quorum', {'x-delivery-limit': 1});
      await using taker = rabbitTaker(target, async () => queue.facts);
      // Its first routing makes one copy; none may follow.
      queue.channel.sendToQueue(queue.name, Buffer.from('precious'), {CC: copies.name, headers: {kept: 'yes'}});
      await eventually('it is there', async () => (await queue.ready()) === 1 && (await copies.ready()) === 1);
      for (let look = 0; look < 5; look++) {
        const [delivery] = await lookAt(taker, queue.name, signal);
        expect(delivery?.message.headers).toContainEqual({name: 'kept', type: 'string', value: 'yes'});
      }
      expect(await copies.drain()).toEqual(['precious']);
      expect(await queue.drain()).toEqual(['precious']);
    });

    test('twenty-five looks with the default limit', async () => {
      await using queue = await realQueue(server.url, 'quorum');
      await using taker = rabbitTaker(target, async () => queue.facts);
      await using session = await rabbitWriter(target, async () => queue.facts).open(queue.name, {}, signal);
      await session.send([outgoing('precious')], signal);
      const looks: Delivery[] = [];
      for (let look = 0; look < 25; look++) looks.push(...(await lookAt(taker, queue.name, signal)));
      expect(looks).toHaveLength(25);
      const counts = looks.map(({message}) => message.deliveryCount);
      // On 4.0 the 21st look is the last: the message is then written anew.
      const fresh = isAtLeast(server.version, 4, 0) && !isAtLeast(server.version, 4, 3) ? 21 : 25;
      expect(counts).toEqual(Array.from({length: 25}, (_, index) => (index % fresh) + 1));
      expect(await queue.drain()).toEqual(['precious']);
    });

    test('a classic queue counts nothing', async () => {
      await using queue = await realQueue(server.url, 'classic');
      await using taker = rabbitTaker(target, async () => queue.facts);
      await using session = await rabbitWriter(target, async () => queue.facts).open(queue.name, {}, signal);
      await session.send([outgoing('one')], signal);
      await lookAt(taker, queue.name, signal);
      const [delivery] = await lookAt(taker, queue.name, signal);
      expect(delivery).toMatchObject({returnsLeft: null, message: {deliveryCount: null, native: {redelivered: true}}});
    });

    test('what cannot be written is refused by itself, and the rest is stored', async () => {
      await using queue = await realQueue(server.url, 'classic');
      await using session = await rabbitWriter(target, async () => queue.facts).open(queue.name, {}, signal);
      const tooLarge = isAtLeast(server.version, 4, 0) ? 17 << 20 : 129 << 20;
      const outcomes = await session.send(
        [
          outgoing('before'),
          outgoing('big header', {headers: [{name: 'big', type: 'string', value: 'x'.repeat(140_000)}]}),
          outgoing('large header', {headers: [{name: 'large', type: 'string', value: 'x'.repeat(100_000)}]}),
          outgoing('not a number', {headers: [{name: 'nan', type: 'double', value: Number.NaN}]}),
          outgoing('copies', {headers: [{name: 'CC', type: 'array', value: []}]}),
          outgoing(Buffer.alloc(tooLarge)),
          outgoing(Buffer.alloc(tooLarge)),
          outgoing('after'),
        ],
        signal,
      );
      expect(
        outcomes.map(outcome => ('failure' in outcome ? `${outcome.status} ${outcome.failure.kind}` : 'done')),
      ).toEqual(['done', 'failed data', 'done', 'failed data', 'failed data', 'failed data', 'failed data', 'done']);
      expect(await queue.drain()).toEqual(['before', 'large header', 'after']);
    });

    test('a header that stands twice is kept, or refused where the server would drop one', async () => {
      await using queue = await realQueue(server.url, 'classic');
      await using taker = rabbitTaker(target, async () => queue.facts);
      await using session = await rabbitWriter(target, async () => queue.facts).open(queue.name, {}, signal);
      const headers: Header[] = ['b', 'a', 'b'].map((name, index) => ({name, type: 'string', value: String(index)}));
      const [outcome] = await session.send([outgoing('twice', {headers})], signal);
      const seen = await lookAt(taker, queue.name, signal);
      if (isAtLeast(server.version, 4, 0)) {
        expect(outcome).toMatchObject({status: 'failed', failure: {kind: 'data'}});
        expect(seen).toEqual([]);
      } else expect(seen.map(({message}) => message.headers)).toEqual([headers]);
    });

    test('a missing queue is not made, and one that goes away is told', async () => {
      await using queue = await realQueue(server.url, 'quorum');
      await expect(
        rabbitWriter(target, async () => queue.facts).open(`${queue.name}-none`, {}, signal),
      ).rejects.toMatchObject({
        kind: 'notFound',
      });
      await using session = await rabbitWriter(target, async () => queue.facts).open(queue.name, {}, signal);
      await queue.channel.deleteQueue(queue.name);
      const outcomes = await session.send([outgoing('one'), outgoing('one'), outgoing('two')], signal);
      for (const outcome of outcomes) expect(outcome).toMatchObject({status: 'failed', failure: {kind: 'notFound'}});
      await expect(queue.channel.checkQueue(queue.name)).rejects.toThrow('NOT_FOUND');
    });

    test('a full queue refuses each message apart', async () => {
      await using queue = await realQueue(server.url, 'classic', {'x-max-length': 2, 'x-overflow': 'reject-publish'});
      await using session = await rabbitWriter(target, async () => queue.facts).open(queue.name, {}, signal);
      const outcomes = await session.send(
        ['1', '2', '3', '4'].map(body => outgoing(body)),
        signal,
      );
      expect(
        outcomes.map(outcome => ('failure' in outcome ? `${outcome.status} ${outcome.failure.kind}` : 'done')),
      ).toEqual(['done', 'done', 'failed tryAgain', 'failed tryAgain']);
      expect(await queue.drain()).toEqual(['1', '2']);
    });

    test('a user without the right to write is denied before anything is sent', async () => {
      await using queue = await realQueue(server.url, 'classic');
      const url = server.url.replace('guest:guest', `watcher:${server.users.watcher}`);
      await expect(
        rabbitWriter(targetOf({url}), async () => queue.facts).open(queue.name, {}, signal),
      ).rejects.toMatchObject({kind: 'denied'});
      expect(await queue.ready()).toBe(0);
    });

    test.each(['classic', 'quorum'] as const)('a %s queue: a lost connection returns what it held', async type => {
      await using queue = await realQueue(server.url, type);
      await using wire = await cuttableWire(server);
      await using taker = rabbitTaker(targetOf(wire), async () => queue.facts);
      await using session = await rabbitWriter(target, async () => queue.facts).open(queue.name, {}, signal);
      const bodies = ['m0', 'm1', 'm2'];
      await session.send(
        bodies.map(body => outgoing(body)),
        signal,
      );
      const taking = taker.take(queue.name, {window: 10, limit: 2}, signal)[Symbol.asyncIterator]();
      const taken = await taking.next();
      expect(await queue.ready()).toBe(1);
      wire.cut();
      await eventually('all are back', async () => (await queue.ready()) === 3);
      const deliveries: readonly Delivery[] = taken.done ? [] : taken.value;
      expect(deliveries).toHaveLength(2);
      const outcomes = await taker.settle(deliveries, 'accept', signal);
      for (const outcome of outcomes) expect(outcome).toMatchObject({status: 'failed', failure: {kind: 'unreachable'}});
      expect(await queue.drain()).toEqual(bodies);
    });

    test('a lost connection leaves the fate of unconfirmed messages unknown', async () => {
      await using queue = await realQueue(server.url, 'quorum');
      await using wire = await cuttableWire(server);
      await using session = await rabbitWriter(targetOf(wire), async () => queue.facts).open(queue.name, {}, signal);
      wire.deafen();
      const sending = session.send(
        ['a', 'b', 'c'].map(body => outgoing(body)),
        signal,
      );
      await eventually('all are stored', async () => (await queue.ready()) === 3);
      wire.cut();
      for (const outcome of await sending) {
        expect(outcome).toMatchObject({status: 'unknown', failure: {kind: 'unreachable'}});
      }
      const [later] = await session.send([outgoing('d')], signal);
      expect(later).toMatchObject({status: 'failed', failure: {kind: 'unreachable'}});
      expect(await queue.drain()).toEqual(['a', 'b', 'c']);
    });

    test('no confirmation in time leaves the fate unknown, and an abort does so at once', async () => {
      await using queue = await realQueue(server.url, 'classic');
      await using wire = await cuttableWire(server);
      await using session = await rabbitWriter(targetOf(wire, {timeoutMs: 3000}), async () => queue.facts).open(
        queue.name,
        {},
        signal,
      );
      wire.deafen();
      const [late] = await session.send([outgoing('a')], signal);
      expect(late).toMatchObject({status: 'unknown', failure: {kind: 'tryAgain'}});
      await using other = await rabbitWriter(targetOf(wire.hearing()), async () => queue.facts).open(
        queue.name,
        {},
        signal,
      );
      wire.deafen();
      const stop = new AbortController();
      const sending = other.send([outgoing('b')], stop.signal);
      await eventually('it is stored', async () => (await queue.ready()) === 2);
      stop.abort();
      expect(await sending).toMatchObject([{status: 'unknown', failure: {kind: 'interrupted'}}]);
    });

    test('a stream is read by offset and ends where it ended', async () => {
      await using stream = await realQueue(server.url, 'stream');
      await using session = await rabbitWriter(target, async () => stream.facts).open(stream.name, {}, signal);
      const reader = rabbitReader(target, async () => stream.facts);
      const read = async (from: Parameters<typeof reader.read>[0]['from'], until = {at: 'latest'} as typeof from) => {
        const messages: Message[] = [];
        const range = {destination: stream.name, from, until, follow: false};
        for await (const batch of reader.read(range, limits, signal)) messages.push(...batch.messages);
        return messages;
      };
      expect(await read({at: 'earliest'})).toEqual([]);
      const kept = everyHeader.filter(({type}) => !['table', 'array', 'decimal'].includes(type));
      const sent = Array.from({length: 500}, (_, index) => outgoing(`m${index}`, {headers: kept}));
      expect((await session.send(sent, signal)).filter(({status}) => status !== 'done')).toEqual([]);
      for (const header of everyHeader.filter(one => !kept.includes(one))) {
        const [refused] = await session.send([outgoing('refused', {headers: [header]})], signal);
        expect(refused).toMatchObject({status: 'failed', failure: {kind: 'data'}});
      }
      const all = await read({at: 'earliest'});
      expect(all.map(text)).toEqual(Array.from({length: 500}, (_, index) => `m${index}`));
      expect(all.map(({position}) => position)).toEqual(Array.from({length: 500}, (_, index) => String(index)));
      expect(all[7]?.headers).toEqual(kept);
      expect((await read({at: 'shift', by: -3n})).map(text)).toEqual(['m497', 'm498', 'm499']);
      expect((await read({at: 'offset', offset: 250n}, {at: 'native', token: '253'})).map(text)).toEqual([
        'm250',
        'm251',
        'm252',
      ]);
      expect(await read({at: 'latest'})).toEqual([]);
      expect(await read({at: 'time', time: new Date(Date.now() + 3_600_000)})).toEqual([]);
      expect(await read({at: 'time', time: new Date(0)})).toHaveLength(500);
      await expect(read({at: 'native', token: 'x'})).rejects.toMatchObject({kind: 'usage'});
    });

    test('a stream is followed', async () => {
      await using stream = await realQueue(server.url, 'stream');
      await using session = await rabbitWriter(target, async () => stream.facts).open(stream.name, {}, signal);
      await session.send([outgoing('old')], signal);
      const stop = new AbortController();
      const reader = rabbitReader(target, async () => stream.facts);
      const range = {destination: stream.name, from: {at: 'earliest'}, until: {at: 'latest'}, follow: true} as const;
      const seen: string[] = [];
      const reading = (async () => {
        for await (const batch of reader.read(range, limits, stop.signal)) seen.push(...batch.messages.map(text));
      })();
      const ended = expect(reading).rejects.toMatchObject({kind: 'interrupted'});
      await eventually('the old one came', async () => seen.length === 1);
      await session.send([outgoing('new')], signal);
      await eventually('the new one came', async () => seen.length === 2);
      stop.abort();
      await ended;
      expect(seen).toEqual(['old', 'new']);
    });

    test('a queue is never consumed by a reader', async () => {
      await using queue = await realQueue(server.url, 'quorum');
      const range = {destination: queue.name, from: {at: 'earliest'}, until: {at: 'latest'}, follow: false} as const;
      const reading = rabbitReader(target, async () => queue.facts).read(range, limits, signal);
      await expect(reading[Symbol.asyncIterator]().next()).rejects.toMatchObject({kind: 'unsupported'});
    });
  });
}
