import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {chanceOfShare, isBeyondChance, judgeSpread} from '../../src/operations/skew-verdict.ts';

const judge = (values: readonly (number | null)[], emptyMatters = true) =>
  judgeSpread(values, {messages: values.reduce<number>((sum, value) => sum + (value ?? 0), 0), emptyMatters});

describe('verdicts', () => {
  test.each([
    ['two even partitions', [500, 520], 'ok'],
    ['two, one with four fifths', [800, 200], 'skewed'],
    ['two, one with seven tenths: not enough to matter', [7000, 3000], 'ok'],
    ['three, one with half', [5000, 2500, 2500], 'skewed'],
    ['five, one with two fifths', [4000, 1500, 1500, 1500, 1500], 'skewed'],
    ['five even ones', [1010, 990, 1003, 997, 1000], 'ok'],
    ['the hot one of six', [67, 383, 70, 71, 74, 55], 'skewed'],
    ['twenty messages over five', [9, 4, 3, 2, 2], 'too-few'],
    ['twenty messages, a batch of one producer', [20, 0, 0, 0, 0], 'too-few'],
    ['twenty messages over two', [20, 0], 'too-few'],
    ['one message', [1, 0, 0], 'too-few'],
    ['nothing', [0, 0, 0], 'too-few'],
    ['many even ones', Array.from({length: 100}, (_, index) => 95 + (index % 11)), 'ok'],
    ['one of a hundred', [3000, ...Array.from({length: 99}, () => 100)], 'skewed'],
    ['a partition that gets nothing', [1000, 1000, 1000, 1000, 0], 'skewed'],
    ['a single partition', [1000], 'not-partitioned'],
    ['a single one, not measured', [null], 'not-partitioned'],
    ['one not measured', [1000, 10, null], 'unknown'],
    ['none at all', [], 'unknown'],
  ])('%s', (_, values, verdict) => {
    expect(judge(values).verdict).toBe(verdict);
  });

  test('no lag anywhere is well, and a partition without lag is no fault', () => {
    expect(judge([0, 0, 0], false).verdict).toBe('ok');
    expect(judge([1000, 1000, 1000, 1000, 0], false)).toMatchObject({verdict: 'ok', empty: []});
  });

  test('bytes of an unknown number of messages are not judged', () => {
    expect(judgeSpread([900, 100], {messages: null, emptyMatters: true})).toMatchObject({
      ratio: 1.8,
      verdict: 'unknown',
    });
    // Two large messages weigh more than the rest, which says nothing of where messages go.
    expect(judgeSpread([9e6, 1e3], {messages: 12, emptyMatters: true}).verdict).toBe('too-few');
  });

  test('the figures', () => {
    expect(judge([10, 30, 20])).toMatchObject({total: 60, mean: 20, max: 30, maxAt: 1, ratio: 1.5});
    expect(judge([1000, 0, 1000])).toMatchObject({empty: [1]});
  });
});

const counts = fc.array(fc.nat({max: 5000}), {minLength: 2, maxLength: 12});

test('an unknown part is never ok, nor any figure over it', () => {
  fc.assert(
    fc.property(counts, fc.nat(), (values, at) => {
      const some: (number | null)[] = [...values];
      some[at % some.length] = null;
      expect(judge(some)).toMatchObject({verdict: 'unknown', total: null, mean: null, max: null, ratio: null});
    }),
  );
});

test('the order of partitions changes nothing', () => {
  fc.assert(
    fc.property(counts, values => {
      const {verdict, ratio} = judge(values);
      expect(judge([...values].reverse())).toMatchObject({verdict, ratio});
    }),
  );
});

test('more of the same is judged no milder', () => {
  fc.assert(
    fc.property(counts, fc.integer({min: 2, max: 20}), (values, times) => {
      if (judge(values).verdict === 'skewed') expect(judge(values.map(value => value * times)).verdict).toBe('skewed');
    }),
  );
});

test('fewer than twenty messages are never skewed', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({max: 4}), {minLength: 2, maxLength: 5}), values => {
      expect(judge(values).verdict).not.toBe('skewed');
    }),
  );
});

test('evenly spread messages are called skewed less often than once in a hundred', () => {
  // A generator of its own (mulberry32), so that the figure is the same in each run.
  let state = 42;
  const random = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  let wrong = 0;
  for (let round = 0; round < 1500; round++) {
    const parts = 2 + (round % 4);
    const values = Array.from({length: parts}, () => 0);
    // Batches of ten, each to one partition: what the verdict allows for.
    for (let batch = 0; batch < 2 + (round % 60); batch++) {
      const at = Math.floor(random() * parts);
      values[at] = (values[at] ?? 0) + 10;
    }
    if (judge(values).verdict === 'skewed') wrong++;
  }
  expect(wrong).toBeLessThan(15);
});

test('the bound on chance is never below the exact tail of a binomial', () => {
  const choices = 20;
  const tail = (from: number, fair: number) => {
    let sum = 0;
    let ways = 1;
    for (let hits = 0; hits <= choices; hits++) {
      if (hits >= from) sum += ways * fair ** hits * (1 - fair) ** (choices - hits);
      ways = (ways * (choices - hits)) / (hits + 1);
    }
    return sum;
  };
  for (const parts of [2, 3, 4, 5])
    for (let hits = Math.ceil(choices / parts); hits <= choices; hits++)
      expect(chanceOfShare(hits / choices, parts, choices * 10) * (1 + 1e-9)).toBeGreaterThanOrEqual(
        Math.min(1, tail(hits, 1 / parts)),
      );
  expect([isBeyondChance(0.2, 5, 1e6), isBeyondChance(0.21, 5, 1e6)]).toEqual([false, true]);
});
