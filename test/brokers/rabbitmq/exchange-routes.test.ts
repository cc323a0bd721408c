import {expect, test} from 'vitest';
import {routesOf} from '../../../src/brokers/rabbitmq/exchange-routes.ts';
import type {Topology} from '../../../src/brokers/rabbitmq/exchange-routes.ts';

type Line = readonly [source: string, key: string, destination: string];

/** Exchanges are written `name:type` or `name:type:alternate`; a destination that is one of them is bound as an exchange. */
function topology(exchanges: readonly string[], lines: readonly Line[], queues: readonly string[]): Topology {
  const known = exchanges.map(text => text.split(':'));
  const bindings = new Map(
    known.map(([source = '']) => [
      source,
      lines
        .filter(([from]) => from === source)
        .map(([, routing_key, destination]) => ({
          source,
          destination,
          destination_type: known.some(([name]) => name === destination) ? 'exchange' : 'queue',
          routing_key,
        })),
    ]),
  );
  return {
    exchanges: new Map(
      known.map(([name = '', type = 'direct', alternate]) => [name, {name, type, alternate: alternate ?? null}]),
    ),
    bindings,
    queues: new Set(queues),
  };
}

const world = topology(
  ['d:direct', 'f:fanout', 't:topic', 'h:headers', 'alt:direct:f', 'caught:topic:f', 'loop1:fanout', 'loop2:fanout'],
  [
    ['d', 'red', 'q1'],
    ['d', 'blue', 'q2'],
    ['d', 'red', 'f'],
    ['f', 'ignored', 'q3'],
    ['t', 'orders.*', 'q1'],
    ['t', 'orders.#', 'q2'],
    ['t', '#', 'q3'],
    ['h', 'x', 'q1'],
    ['alt', 'known', 'q1'],
    ['caught', '#', 'q1'],
    ['loop1', '', 'loop2'],
    ['loop2', '', 'loop1'],
    ['loop2', '', 'q2'],
    ['d', 'gone', 'deleted'],
  ],
  ['q1', 'q2', 'q3'],
);

test.each([
  ['default exchange to the queue of that name', '', 'q2', ['q2']],
  ['default exchange to no such queue', '', 'nobody', []],
  ['default exchange, each message by its own key', '', null, []],
  ['direct, and a fanout behind it', 'd', 'red', ['q1', 'q3']],
  ['direct without a match', 'd', 'green', []],
  ['direct, any key', 'd', null, ['q1', 'q2', 'q3']],
  ['a binding whose queue is gone', 'd', 'gone', []],
  ['topic, one word', 't', 'orders.eu', ['q1', 'q2', 'q3']],
  ['topic, # is also no word', 't', 'orders', ['q2', 'q3']],
  ['topic, * is exactly one word', 't', 'orders.eu.new', ['q2', 'q3']],
  ['headers: the key does not tell', 'h', 'whatever', ['q1']],
  ['alternate when nothing matches', 'alt', 'unknown', ['q3']],
  ['no alternate when something matches', 'alt', 'known', ['q1']],
  ['alternate may be taken when keys are unknown', 'alt', null, ['q1', 'q3']],
  ['no alternate behind a catch-all', 'caught', null, ['q1']],
  ['exchanges that are bound in a circle', 'loop1', 'x', ['q2']],
])('%s', (_what, exchange, key, queues) => {
  expect(routesOf(world, exchange, key)).toEqual({queues, missing: null});
});

test('an exchange that does not exist is named', () => {
  expect(routesOf(world, 'none', 'x')).toEqual({queues: [], missing: 'none'});
});
