import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {rabbitmqDriver} from '../../../src/brokers/rabbitmq/driver.ts';
import type {Broker} from '../../../src/brokers/port.ts';
import {rabbitmq, rabbitmqLines} from '../real.ts';
import {eventually} from './real-queue.ts';
import {forever, Situation} from './situation.ts';
import {targetOf} from './target.ts';

describe.each(rabbitmqLines())('dead letters on RabbitMQ %s', line => {
  let here: Situation;
  let broker: Broker;
  const policies: string[] = [];

  async function policy(word: string, kind: 'policies' | 'operator-policies', body: object): Promise<void> {
    const path = `${kind}/%2F/${encodeURIComponent(here.name(word))}`;
    policies.push(path);
    await here.put(path, {pattern: `^${here.prefix.replaceAll('.', '\\.')}${word}`, 'apply-to': 'queues', ...body});
  }

  beforeAll(async () => {
    here = await Situation.begin(rabbitmq(line));
    broker = await rabbitmqDriver.open(targetOf(here.broker), {signal: forever});
  });

  afterAll(async () => {
    await broker[Symbol.asyncDispose]();
    for (const path of policies) await here.remove(path);
    await here.end();
  });

  const routes = async () => {
    const {items, warnings} = await broker.inspector.deadLetters(forever);
    return {
      routes: items
        .filter(({source}) => source?.startsWith(here.prefix))
        .map(({source, destination, foundBy}) => `${source} > ${destination} (${foundBy})`.replaceAll(here.prefix, '')),
      warnings: warnings
        .map(({message}) => message)
        .filter(message => message.includes(here.prefix))
        .map(message => message.replaceAll(here.prefix, '')),
    };
  };

  test('every route is the one that a dead letter really takes', async () => {
    const dlx = await here.exchange('dlx', 'topic', {alternateExchange: here.name('leftover')});
    const leftover = await here.exchange('leftover', 'fanout');
    const inner = await here.exchange('inner', 'direct');
    for (const word of ['dead', 'deep', 'rest', 'named']) await here.queue(word);
    await here.bind(dlx, here.name('dead'), 'orders.#');
    await here.bind(dlx, inner, 'deep.*', 'exchange');
    await here.bind(inner, here.name('deep'), 'deep.one');
    await here.bind(leftover, here.name('rest'), '');
    const dead = (key: string | null, exchange = dlx) => ({
      'x-message-ttl': 1,
      'x-dead-letter-exchange': exchange,
      ...(key === null ? {} : {'x-dead-letter-routing-key': key}),
    });
    const sources = [
      await here.queue('by-argument', dead('orders.eu.new')),
      await here.queue('by-exchange-binding', dead('deep.one')),
      await here.queue('by-alternate', dead('nothing.like.it')),
      await here.queue('by-default', dead(here.name('named'), '')),
    ];
    await policy('by-policy', 'policies', {
      definition: {'dead-letter-exchange': dlx, 'dead-letter-routing-key': 'orders.us', 'message-ttl': 1},
    });
    sources.push(await here.queue('by-policy'));
    expect(await routes()).toEqual({
      routes: [
        'by-argument > dead (queue argument)',
        `by-policy > dead (policy by-policy)`,
        'by-exchange-binding > deep (queue argument)',
        'by-default > named (queue argument)',
        'by-alternate > rest (queue argument)',
      ],
      warnings: [],
    });
    for (const source of sources) await here.publish(source, 1);
    await eventually('the dead letters arrive', async () => {
      const truth = await here.truth();
      const held = (word: string) => truth.get(here.name(word))?.messages;
      return held('dead') === 2 && held('deep') === 1 && held('named') === 1 && held('rest') === 1;
    });
  });

  test('a route that leads nowhere is a warning', async () => {
    await here.queue('lost-exchange', {'x-dead-letter-exchange': here.name('no-such')});
    await here.exchange('unbound', 'direct');
    await here.queue('lost-binding', {'x-dead-letter-exchange': here.name('unbound')});
    await here.queue('waiting', {
      'x-queue-type': 'quorum',
      'x-dead-letter-exchange': here.name('unbound'),
      'x-dead-letter-strategy': 'at-least-once',
      'x-overflow': 'reject-publish',
    });
    await here.queue('own-keys', {'x-dead-letter-exchange': ''});
    const {warnings} = await routes();
    expect(warnings).toEqual([
      'Dead letters of "lost-binding" (queue argument) are dropped: no binding of the exchange "unbound" takes them.',
      'Dead letters of "lost-exchange" (queue argument) are dropped: there is no exchange "no-such".',
      'Dead letters of "own-keys" (queue argument) go to the queues that their own routing keys name, through the default exchange.',
      'Dead letters of "waiting" (queue argument) wait in it: no binding of the exchange "unbound" takes them.',
    ]);
  });

  test('limits are those that the server holds to', async () => {
    await policy('limit', 'policies', {
      definition: {'max-length': 100, 'message-ttl': 60_000, overflow: 'reject-publish'},
    });
    await policy('limit-', 'operator-policies', {definition: {'max-length': 50, 'message-ttl': 90_000}});
    // A key that a type of queue does not know keeps the whole policy from it.
    await policy('limit-q', 'operator-policies', {definition: {'delivery-limit': 3, 'max-length': 20}, priority: 9});
    await here.queue('limit-c', {'x-message-ttl': 70_000});
    await here.queue('limit-q', {'x-queue-type': 'quorum'});
    await here.queue('limit-q-classic', {'x-max-length': 30});
    await here.queue('limit-s', {'x-queue-type': 'stream', 'x-max-length-bytes': 5_000_000});
    const {items} = await broker.inspector.destinations({names: here.names, internal: false}, forever);
    const retention = (word: string) => items.find(({name}) => name === here.name(word))?.retention;
    // The server's own merge of both policies, which it shows with the statistics only and which leaves arguments out.
    const effective = async (word: string) =>
      (await here.get<{effective_policy_definition?: object}>(`queues/%2F/${here.name(word)}`))
        .effective_policy_definition;
    await eventually('the merge is in the statistics', async () => (await effective('limit-q')) !== undefined);
    await eventually('of both', async () => (await effective('limit-q-classic')) !== undefined);
    expect(await effective('limit-q-classic')).toMatchObject({'max-length': 50, 'message-ttl': 60_000});
    expect(await effective('limit-q')).toMatchObject({'max-length': 20, 'delivery-limit': 3});
    expect(retention('limit-c')).toEqual({ageMs: 60_000, bytes: null, messages: 50, policy: 'reject'});
    expect(retention('limit-q')).toMatchObject({messages: 20, policy: 'reject'});
    expect(retention('limit-q-classic')).toMatchObject({messages: 30, policy: 'reject'});
    expect(retention('limit-s')).toEqual({ageMs: null, bytes: 5_000_000, messages: null, policy: 'delete'});
  });
});
