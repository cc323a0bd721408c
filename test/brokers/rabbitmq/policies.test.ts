import {describe, expect, test} from 'vitest';
import {ageInMs, settingsOf} from '../../../src/brokers/rabbitmq/policies.ts';
import type {Policy} from '../../../src/brokers/rabbitmq/policies.ts';
import type {QueueRecord} from '../../../src/brokers/rabbitmq/queue-record.ts';
import {retentionOf} from '../../../src/brokers/rabbitmq/retention.ts';

const policy = (name: string, definition: Record<string, unknown>, more: Partial<Policy> = {}): Policy => ({
  name,
  pattern: '^q',
  'apply-to': 'queues',
  definition,
  priority: 0,
  ...more,
});

const valueOf = (queue: QueueRecord, user: Policy[], operator: Policy[], key: string) =>
  settingsOf(queue, {user, operator}).get(key);

describe('what holds for a queue', () => {
  const classic: QueueRecord = {name: 'q', type: 'classic', policy: 'p', arguments: {'x-max-length': 30}};

  test('the smallest number, whoever set it', () => {
    const user = [policy('p', {'max-length': 20})];
    expect(valueOf(classic, user, [], 'max-length')).toEqual({value: 20, from: 'policy p'});
    const operator = [policy('o', {'max-length': 10})];
    expect(valueOf(classic, user, operator, 'max-length')).toEqual({value: 10, from: 'operator policy o'});
    const larger = [policy('p', {'max-length': 99})];
    expect(valueOf(classic, larger, [], 'max-length')).toEqual({value: 30, from: 'queue argument'});
  });

  test("the queue's own argument before its policy, for what is no number", () => {
    const own = {...classic, arguments: {'x-dead-letter-exchange': 'mine'}};
    expect(valueOf(own, [policy('p', {'dead-letter-exchange': 'theirs'})], [], 'dead-letter-exchange')).toEqual({
      value: 'mine',
      from: 'queue argument',
    });
  });

  test('the policy that the server names, and no other that would match', () => {
    const user = [policy('other', {'max-length': 1}, {priority: 9}), policy('p', {overflow: 'reject-publish'})];
    expect(valueOf(classic, user, [], 'max-length')?.value).toBe(30);
    expect(valueOf({...classic, policy: null}, user, [], 'overflow')).toBeUndefined();
  });

  test.each<[string, Policy[], QueueRecord, string | undefined]>([
    [
      'highest priority',
      [policy('a', {'max-length': 5}), policy('b', {'max-length': 6}, {priority: 2})],
      {name: 'q', type: 'classic'},
      'b',
    ],
    ['pattern', [policy('a', {'max-length': 5}, {pattern: '^x'})], {name: 'q', type: 'classic'}, undefined],
    [
      'a pattern that is not JavaScript',
      [policy('a', {'max-length': 5}, {pattern: '(?i)^Q'})],
      {name: 'q', type: 'classic'},
      undefined,
    ],
    ['kind', [policy('a', {'max-length': 5}, {'apply-to': 'quorum_queues'})], {name: 'q', type: 'classic'}, undefined],
    [
      'kind that fits',
      [policy('a', {'max-length': 5}, {'apply-to': 'quorum_queues'})],
      {name: 'q', type: 'quorum'},
      'a',
    ],
    [
      'a key the type does not know',
      [policy('a', {'max-length': 5, 'delivery-limit': 2})],
      {name: 'q', type: 'classic'},
      undefined,
    ],
    [
      'the name, where the server tells it',
      [policy('a', {'max-length': 5}), policy('b', {'max-length': 6})],
      {name: 'q', type: 'quorum', operator_policy: 'b'},
      'b',
    ],
  ])('an operator policy is found by %s', (_by, operator, queue, name) => {
    expect(valueOf(queue, [], operator, 'max-length')?.from).toBe(name && `operator policy ${name}`);
  });

  test('only arguments when the policies may not be seen', () => {
    expect([...settingsOf(classic, null)]).toEqual([['max-length', {value: 30, from: 'queue argument'}]]);
  });
});

test.each([
  ['7D', 604_800_000],
  ['90s', 90_000],
  ['2h', 7_200_000],
  ['1Y', 31_536_000_000],
  ['', null],
  ['7 D', null],
  [7, null],
])('max-age %o is %o ms', (value, ms) => {
  expect(ageInMs(value)).toBe(ms);
});

test.each([
  [false, {}, {ageMs: null, bytes: null, messages: null, policy: 'acknowledged'}],
  [false, {'x-max-length': 5}, {ageMs: null, bytes: null, messages: 5, policy: 'delete'}],
  [
    false,
    {'x-max-length': 5, 'x-overflow': 'reject-publish-dlx'},
    {ageMs: null, bytes: null, messages: 5, policy: 'reject'},
  ],
  [
    false,
    {'x-message-ttl': 9, 'x-overflow': 'reject-publish'},
    {ageMs: 9, bytes: null, messages: null, policy: 'acknowledged'},
  ],
  [true, {}, {ageMs: null, bytes: null, messages: null, policy: 'none'}],
  [true, {'x-max-age': '1h', 'x-max-length-bytes': 8}, {ageMs: 3_600_000, bytes: 8, messages: null, policy: 'delete'}],
])('retention, stream %o, %o', (isStream, args, retention) => {
  const queue: QueueRecord = {name: 'q', type: isStream ? 'stream' : 'classic', arguments: args};
  expect(retentionOf(isStream, settingsOf(queue, null))).toEqual(retention);
});
