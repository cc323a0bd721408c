import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {rabbitmqDriver} from '../../../src/brokers/rabbitmq/driver.ts';
import type {Broker} from '../../../src/brokers/port.ts';
import {everything, nameFilter} from '../../../src/model/name-filter.ts';
import {rabbitmq, rabbitmqLines} from '../real.ts';
import {eventually} from './real-queue.ts';
import {forever, Situation} from './situation.ts';
import {targetOf} from './target.ts';

describe.each(rabbitmqLines())('RabbitMQ %s', line => {
  let here: Situation;
  let broker: Broker;

  beforeAll(async () => {
    here = await Situation.begin(rabbitmq(line));
    broker = await rabbitmqDriver.open(targetOf(here.broker), {signal: forever});
    const classic = await here.queue('classic');
    await here.publish(classic, 100);
    await here.hold(classic, 7);
    await here.hold(classic, 5);
    const quorum = await here.queue('quorum', {'x-queue-type': 'quorum'});
    await here.publish(quorum, 50);
    await here.hold(quorum, 4);
    const stream = await here.queue('stream', {'x-queue-type': 'stream', 'x-max-age': '7D'});
    await here.publish(stream, 20);
    const priority = await here.queue('priority', {'x-max-priority': 5});
    for (const level of [1, 5, 3]) await here.publish(priority, 3, {priority: level});
    const expired = await here.queue('expired', {'x-message-ttl': 1});
    await here.publish(expired, 10);
    // Expired messages leave at the head only: these five wait behind one that stays, and are counted.
    const hidden = await here.queue('hidden');
    await here.publish(hidden, 1);
    await here.publish(hidden, 5, {expiration: '1'});
    await here.queue('empty');
    const exclusive = await here.queue('exclusive', {}, {exclusive: true, durable: false});
    await here.publish(exclusive, 2);
    const fleeting = await here.queue('auto-delete', {}, {autoDelete: true});
    await here.publish(fleeting, 3);
  });

  afterAll(async () => {
    await broker[Symbol.asyncDispose]();
    await here.end();
  });

  test('depth and lag are those of rabbitmqctl, cell by cell', async () => {
    // rabbitmqctl itself is late for quorum queues.
    await eventually('rabbitmqctl knows what is in flight', async () => {
      const truth = await here.truth();
      return truth.get(here.name('quorum'))?.messages_unacknowledged === 4;
    });
    const truth = await here.truth();
    expect(truth.get(here.name('classic'))).toMatchObject({
      messages: 100,
      messages_ready: 88,
      messages_unacknowledged: 12,
    });
    expect(truth.get(here.name('expired'))?.messages).toBe(0);
    expect(truth.get(here.name('hidden'))?.messages).toBe(6);
    const depths = await broker.inspector.destinations({names: here.names, internal: false}, forever);
    const lags = await broker.inspector.subscriptions(
      {names: here.names, destinations: everything, internal: false},
      forever,
    );
    expect(depths.items.map(({name}) => name)).toEqual([...truth.keys()].sort());
    for (const {name, kind, partitions} of depths.items) {
      const theirs = truth.get(name);
      const ours = partitions[0]?.depth;
      expect(partitions).toHaveLength(1);
      const isStream = kind === 'stream';
      expect({name, messages: ours?.messages, ready: ours?.ready, inFlight: ours?.inFlight}).toEqual({
        name,
        messages: theirs?.messages,
        ready: isStream ? null : theirs?.messages_ready,
        inFlight: isStream ? null : theirs?.messages_unacknowledged,
      });
    }
    for (const {name, kind, members, progress} of lags.items) {
      const theirs = truth.get(name);
      if (kind === 'stream') {
        expect(progress[0]).toMatchObject({lag: null, inFlight: null, exact: false});
        expect(progress[0]?.caveat).toContain('keep their offsets themselves');
        continue;
      }
      expect({name, lag: progress[0]?.lag, inFlight: progress[0]?.inFlight}).toEqual({
        name,
        lag: theirs?.messages_ready,
        inFlight: theirs?.messages_unacknowledged,
      });
      // An exclusive queue answers nobody but its own connection.
      expect(members).toBe(name === here.name('exclusive') ? null : theirs?.consumers);
    }
    expect(depths.warnings).toEqual([]);
    expect(lags.warnings).toEqual([]);
  });

  test('each sort of queue says how exact its numbers are', async () => {
    const {items} = await broker.inspector.destinations({names: here.names, internal: false}, forever);
    const of = (word: string) => items.find(({name}) => name === here.name(word));
    expect(of('classic')).toMatchObject({
      kind: 'classic queue',
      partitions: [{depth: {exact: true, method: 'queue totals'}}],
    });
    expect(of('quorum')).toMatchObject({
      kind: 'quorum queue',
      partitions: [{depth: {exact: false, caveat: expect.stringContaining('up to 5 s old') as unknown}}],
    });
    expect(of('stream')).toMatchObject({kind: 'stream', partitions: [{depth: {exact: false, bytes: null}}]});
    expect(of('stream')?.retention).toMatchObject({ageMs: 7 * 86_400_000, policy: 'delete'});
  });

  test('what was published a moment ago is counted, which statistics do not do', async () => {
    for (const [word, type] of [
      ['fresh-classic', 'classic'],
      ['fresh-quorum', 'quorum'],
    ] as const) {
      const name = await here.queue(word, {'x-queue-type': type});
      await here.publish(name, 30);
      const only = {names: nameFilter([name]), internal: false};
      const {items} = await broker.inspector.destinations(only, forever);
      expect(items[0]?.partitions[0]?.depth).toMatchObject({ready: 30});
      const lags = await broker.inspector.subscriptions({...only, destinations: everything}, forever);
      expect(lags.items[0]?.progress[0]).toMatchObject({lag: 30, exact: true});
    }
  });

  test('names that look like patterns, and names that do not exist', async () => {
    const odd = await here.queue('odd.(name)+$ [x] #1/ü');
    await here.publish(odd, 2);
    const names = {matches: (name: string) => name === odd, exact: [odd, here.name('missing')]};
    const {items} = await broker.inspector.destinations({names, internal: false}, forever);
    expect(items.map(({name, partitions}) => [name, partitions[0]?.depth.ready])).toEqual([[odd, 2]]);
    expect((await broker.inspector.describe(odd, forever)).destination.name).toBe(odd);
  });

  test('bytes are shown once the statistics have them', async () => {
    const only = {names: nameFilter([here.name('classic')]), internal: false};
    const bytes = async () => (await broker.inspector.destinations(only, forever)).items[0]?.partitions[0]?.depth.bytes;
    await eventually('bytes of the classic queue', async () => (await bytes()) !== null);
    // 10 x "message n" and 90 x "message nn".
    await eventually('all bytes', async () => (await bytes()) === 10 * 9 + 90 * 10);
  });

  test('the age of the first message, where its publisher gave it a time', async () => {
    const name = await here.queue('dated');
    await here.publish(name, 1, {timestamp: Math.floor(Date.now() / 1000) - 3600});
    await here.publish(name, 1, {timestamp: Math.floor(Date.now() / 1000)});
    const of = [name, here.name('empty'), here.name('quorum'), here.name('priority')].map(destination => ({
      destination,
      partition: null,
      subscription: null,
      position: null,
    }));
    const look = async () => (await broker.inspector.ages(of, forever)).items;
    await eventually('the statistics show the timestamp', async () => (await look())[0]?.seconds !== null);
    const [dated, empty, quorum, undated] = await look();
    expect(dated?.seconds).toBeGreaterThanOrEqual(3600);
    expect(dated?.seconds).toBeLessThan(3700);
    expect(dated).toMatchObject({exact: false, method: 'head message timestamp'});
    expect(empty).toMatchObject({seconds: 0, exact: true});
    expect(quorum).toMatchObject({seconds: null, problem: expect.stringContaining('does not tell') as unknown});
    expect(undated).toMatchObject({seconds: null, problem: expect.stringContaining('no timestamp') as unknown});
  });

  test('describe tells settings and where they come from, consumers and bindings', async () => {
    const source = await here.exchange('described', 'topic');
    await here.bind(source, here.name('quorum'), 'orders.*');
    const {facts, record, capabilities, destination} = await broker.inspector.describe(here.name('quorum'), forever);
    expect(destination.partitions[0]?.depth.ready).toBe(46);
    expect(facts).toContainEqual({section: 'bindings', name: source, value: 'orders.*'});
    expect(facts).toContainEqual({section: 'settings', name: 'queue-type', value: 'quorum (queue argument)'});
    expect(facts).toContainEqual({section: 'consumers', name: 'now', value: '1'});
    const limit = facts.find(({name}) => name === 'delivery-limit')?.value;
    expect(limit).toBe(line === '3.10' ? 'none' : '20 (the default of RabbitMQ 4)');
    expect(record).toMatchObject({name: here.name('quorum'), type: 'quorum'});
    expect(capabilities['read.range'].level).toBe('none');
    expect(capabilities.take.level).toBe('native');
    const stream = await broker.inspector.describe(here.name('stream'), forever);
    expect(stream.capabilities['read.range'].level).toBe('native');
    expect(stream.capabilities.take.level).toBe('none');
    await expect(broker.inspector.describe(here.name('missing'), forever)).rejects.toMatchObject({kind: 'notFound'});
  });

  test('a signal that has fired stops every call', async () => {
    const stopped = AbortSignal.abort();
    const {inspector} = broker;
    for (const call of [
      inspector.destinations({names: everything, internal: false}, stopped),
      inspector.subscriptions({names: everything, destinations: everything, internal: false}, stopped),
      inspector.deadLetters(stopped),
      inspector.describe(here.name('classic'), stopped),
    ]) {
      await expect(call).rejects.toMatchObject({kind: 'interrupted'});
    }
  });
});
