import {expect, test} from 'vitest';
import {offsetsCaveat} from '../../../src/brokers/kafka/destinations.ts';
import {retentionOf} from '../../../src/brokers/kafka/retentions.ts';

test.each([
  [
    {'cleanup.policy': 'delete', 'retention.ms': '1000', 'retention.bytes': '-1'},
    {ageMs: 1000, bytes: null, policy: 'delete'},
  ],
  [
    {'cleanup.policy': 'delete', 'retention.ms': '-1', 'retention.bytes': '5'},
    {ageMs: null, bytes: 5, policy: 'delete'},
  ],
  [
    {'cleanup.policy': 'compact', 'retention.ms': '1000'},
    {ageMs: null, bytes: null, policy: 'compact'},
  ],
  [
    {'cleanup.policy': 'compact, delete', 'retention.ms': '0'},
    {ageMs: 0, bytes: null, policy: 'compact-delete'},
  ],
  [{'cleanup.policy': ''}, {ageMs: null, bytes: null, policy: 'none'}],
])('%j', (configs, expected) => {
  expect(retentionOf(new Map(Object.entries(configs)))).toEqual({messages: null, ...expected});
});

test('a count of offsets is exact only where no offset can be without its message', () => {
  expect(offsetsCaveat({policy: 'delete'}, false)).toBeNull();
  expect(offsetsCaveat({policy: 'delete'}, true)).toContain('transaction');
  expect(offsetsCaveat({policy: 'compact'}, false)).toContain('compaction');
  expect(offsetsCaveat({policy: 'compact-delete'}, true)).toContain('compaction');
  expect(offsetsCaveat({}, false)).toContain('not known');
});
