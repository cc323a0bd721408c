import {expect, test} from 'vitest';
import {mergeListings} from '../../../src/brokers/rabbitmq/queue-record.ts';
import {problemOf} from '../../../src/brokers/rabbitmq/queue-state.ts';

/* As RabbitMQ 4.0 and 3.10 list them with two of three nodes down: the totals leave out what is on those. */
test('a queue that the totals leave out is still a line, with its problem', () => {
  const totals = [{name: 'here', type: 'classic', state: 'running', messages_ready: 1}];
  for (const state of ['down', 'live']) {
    const plain = [
      {name: 'here', type: 'classic', state: 'running'},
      {name: 'there', type: 'classic', state, node: 'n1'},
    ];
    const merged = mergeListings(plain, totals);
    expect(merged.map(({name}) => name)).toEqual(['here', 'there']);
    expect(merged.map(problemOf)).toEqual([null, expect.stringContaining('n1')]);
  }
});

test('the plain listing knows the state, unless all it says is live', () => {
  const totals = [{name: 'q', type: 'quorum', state: 'running', messages_ready: 5}];
  expect(mergeListings([{name: 'q', type: 'quorum', state: 'minority'}], totals)[0]).toEqual({
    name: 'q',
    type: 'quorum',
    state: 'minority',
    messages_ready: 5,
  });
  expect(mergeListings([{name: 'q', type: 'quorum', state: 'live'}], totals)[0]?.state).toBe('running');
});
