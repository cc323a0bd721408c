import {expect, test} from 'vitest';
import {isInternal, kindOf, problemOf} from '../../../src/brokers/rabbitmq/queue-state.ts';
import type {QueueRecord} from '../../../src/brokers/rabbitmq/queue-record.ts';

const three = ['a', 'b', 'c'];

test.each<[string, QueueRecord, RegExp | null]>([
  ['a running classic queue', {name: 'q', type: 'classic', state: 'running', messages_ready: 0}, null],
  ['a busy one', {name: 'q', type: 'classic', state: 'flow', messages_ready: 3}, null],
  [
    'one on a dead node that is called running',
    {name: 'q', type: 'classic', state: 'running', node: 'b', messages_ready: null},
    /node b does not answer/,
  ],
  ['one that is down', {name: 'q', type: 'classic', state: 'down', node: 'b'}, /state is down, on node b/],
  [
    'a quorum queue with two of three',
    {name: 'q', type: 'quorum', state: 'running', members: three, online: ['a', 'c']},
    null,
  ],
  [
    'with one of three, called running',
    {name: 'q', type: 'quorum', state: 'running', members: three, online: ['a']},
    /no majority.*a online/,
  ],
  ['with none', {name: 'q', type: 'quorum', state: 'running', members: three, online: []}, /none online/],
  ['with two of four', {name: 'q', type: 'quorum', members: ['a', 'b', 'c', 'd'], online: ['a', 'b']}, /no majority/],
  ['in minority by its own word', {name: 'q', type: 'quorum', state: 'minority'}, /state is minority/],
  [
    'a quorum queue whose statistics are not there yet',
    {name: 'q', type: 'quorum', state: 'running', messages_ready: null},
    null,
  ],
  ['a stream, which has no totals', {name: 'q', type: 'stream', state: 'running'}, null],
])('%s', (_what, queue, problem) => {
  const said = problemOf(queue);
  if (problem === null) expect(said).toBeNull();
  else expect(said).toMatch(problem);
});

test('kinds and internal queues', () => {
  expect(['classic', 'quorum', 'stream', null].map(type => kindOf({name: 'q', type}))).toEqual([
    'classic queue',
    'quorum queue',
    'stream',
    'queue',
  ]);
  expect(isInternal({name: 'q', internal: true})).toBe(true);
  expect(isInternal({name: 'amq.gen-x', internal: false})).toBe(false);
});
