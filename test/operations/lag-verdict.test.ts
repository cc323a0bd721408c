import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import type {LagState} from '../../src/model/rows/lag.ts';
import {type Evidence, judge, type Look, worst} from '../../src/operations/lag-verdict.ts';

const start = Date.UTC(2026, 10, 23, 9);

/** A look at a numbered log, `at` seconds after the first: lag follows from its places. */
function log(at: number, first: number, position: number | null, end: number, more: Partial<Look> = {}): Look {
  const from = Math.max(position ?? first, first);
  const lost = position === null ? 0 : Math.max(first - position, 0);
  return {
    asOf: new Date(start + at * 1000),
    first: String(first),
    position: position === null ? null : String(position),
    end: String(end),
    lag: Math.max(end - from, 0),
    lost,
    inFlight: null,
    flags: position === null ? ['noCursor'] : lost > 0 ? ['lost'] : position > end ? ['pastEnd'] : [],
    ageSeconds: null,
    ...more,
  };
}

/** A look at a queue, where messages have no place. */
function queue(at: number, lag: number | null, inFlight: number | null): Look {
  return {...log(at, 0, 0, 0), first: null, position: null, end: null, lag, lost: null, inFlight, flags: []};
}

const unreadable = log(10, 0, null, 0, {lag: null, lost: null, flags: [], problem: 'no leader'});

interface Case extends Partial<Evidence> {
  readonly what: string;
  readonly now: Look;
  readonly state: LagState;
}

const cases: readonly Case[] = [
  // One look.
  {what: 'nothing unread, members there', now: log(0, 0, 9, 9), members: 2, state: 'ok'},
  {what: 'nothing unread, membership unknown', now: log(0, 0, 9, 9), members: null, state: 'ok'},
  {what: 'nothing unread and nobody there', now: log(0, 0, 9, 9), members: 0, state: 'idle'},
  {what: 'unread, members there: one look cannot tell', now: log(0, 0, 5, 9), members: 2, state: 'unknown'},
  {what: 'unread and nobody there', now: log(0, 0, 5, 9), members: 0, state: 'no-members'},
  {what: 'nothing committed, messages wait', now: log(0, 0, null, 9), members: 2, state: 'no-cursor'},
  {what: 'nothing committed, nothing there', now: log(0, 4, null, 4), members: 2, state: 'ok'},
  {what: 'nothing committed and nobody there', now: log(0, 0, null, 9), members: 0, state: 'no-cursor'},
  {what: 'cursor below the first message held', now: log(0, 7, 5, 9), members: 2, state: 'lost'},
  {what: 'cursor after the end', now: log(0, 0, 12, 9), members: 2, state: 'rewound'},
  {what: 'could not be measured', now: unreadable, members: 2, state: 'unknown'},
  {what: 'could not be measured, nobody there', now: unreadable, members: 0, state: 'unknown'},
  {what: 'no count, but nothing unread by age', now: {...queue(0, null, null), ageSeconds: 0}, state: 'ok'},
  {what: 'no count, and unread by age', now: {...queue(0, null, null), ageSeconds: 60}, state: 'unknown'},
  // Two looks at a log.
  {what: 'nothing unread, messages came', before: log(0, 0, 9, 9), now: log(10, 0, 19, 19), state: 'ok'},
  {what: 'nothing unread, nothing came', before: log(0, 0, 9, 9), now: log(10, 0, 9, 9), state: 'idle'},
  {what: 'all of the first look has been read', before: log(0, 0, 90, 99), now: log(10, 0, 120, 150), state: 'ok'},
  {what: 'reads more than comes', before: log(0, 0, 10, 99), now: log(10, 0, 50, 109), state: 'catching-up'},
  {what: 'reads less than comes', before: log(0, 0, 10, 99), now: log(10, 0, 20, 199), state: 'falling-behind'},
  {what: 'reads as much as comes', before: log(0, 0, 10, 99), now: log(10, 0, 20, 109), state: 'ok'},
  {what: 'the cursor stands, members there', before: log(0, 0, 10, 99), now: log(10, 0, 10, 109), state: 'stalled'},
  {what: 'the cursor stands, nothing comes', before: log(0, 0, 10, 99), now: log(10, 0, 10, 99), state: 'stalled'},
  {
    what: 'the cursor stands, membership unknown',
    before: log(0, 0, 10, 99),
    now: log(10, 0, 10, 109),
    members: null,
    state: 'stopped',
  },
  {
    what: 'the cursor stands, nobody there',
    before: log(0, 0, 10, 99),
    now: log(10, 0, 10, 99),
    members: 0,
    state: 'no-members',
  },
  {what: 'the cursor went back', before: log(0, 0, 50, 99), now: log(10, 0, 10, 99), state: 'rewound'},
  {what: 'more was lost between the looks', before: log(0, 7, 5, 9), now: log(10, 8, 5, 9), state: 'losing'},
  {what: 'lost before, not more now', before: log(0, 7, 5, 9), now: log(10, 7, 5, 9), state: 'lost'},
  {
    what: 'retention comes nearer than the cursor goes',
    before: log(0, 0, 100, 900),
    now: log(10, 50, 110, 900),
    state: 'losing',
  },
  {what: 'the first look failed', before: unreadable, now: log(20, 0, 5, 9), state: 'unknown'},
  {what: 'the second look failed', before: log(0, 0, 5, 9), now: unreadable, state: 'unknown'},
  {what: 'statistics not renewed count as one look', before: log(10, 0, 5, 9), now: log(10, 0, 5, 9), state: 'unknown'},
  // Two looks at a queue.
  {what: 'queue emptied', before: queue(0, 5, 0), now: queue(10, 0, 0), state: 'ok'},
  {what: 'queue gets shorter', before: queue(0, 50, 5), now: queue(10, 40, 5), state: 'catching-up'},
  {what: 'queue gets longer', before: queue(0, 50, 5), now: queue(10, 60, 5), state: 'falling-behind'},
  {what: 'queue was empty a moment ago', before: queue(0, 0, 0), now: queue(10, 3, 5), state: 'ok'},
  {what: 'nothing moves in the queue', before: queue(0, 50, 5), now: queue(10, 50, 5), state: 'stalled'},
  {what: 'as long, but other deliveries', before: queue(0, 50, 5), now: queue(10, 50, 4), state: 'unknown'},
  {what: 'as long, deliveries unknown', before: queue(0, 50, null), now: queue(10, 50, null), state: 'unknown'},
];

describe('the state of one partition', () => {
  test.each(cases)('$state: $what', ({now, state, before = null, members = 2, retentionMs = null}) => {
    expect(judge({now, before, members, retentionMs}).state).toBe(state);
  });

  test('the cases reach every state', () => {
    const all = ['ok', 'idle', 'catching-up', 'falling-behind', 'stalled', 'stopped', 'no-members', 'no-cursor'];
    expect(new Set(cases.map(({state}) => state))).toEqual(new Set([...all, 'losing', 'lost', 'rewound', 'unknown']));
  });
});

describe('rates and times', () => {
  const verdict = (before: Look, now: Look, retentionMs: number | null = null) =>
    judge({before, now, members: 1, retentionMs});

  test('one look gives none', () => {
    const one = judge({before: null, now: log(0, 0, 5, 9), members: 1, retentionMs: 60_000});
    expect(one).toEqual({
      state: 'unknown',
      readPerSecond: null,
      addedPerSecond: null,
      lossInSeconds: null,
      drainInSeconds: null,
    });
  });

  test('rates are messages over the time between the figures', () => {
    expect(verdict(log(0, 0, 100, 1000), log(10, 0, 300, 1050))).toMatchObject({
      readPerSecond: 20,
      addedPerSecond: 5,
      drainInSeconds: 50,
    });
  });

  test('it is not drained while lag does not shrink', () => {
    expect(verdict(log(0, 0, 100, 1000), log(10, 0, 100, 1000)).drainInSeconds).toBeNull();
  });

  test('retention by number: the first message passes the cursor', () => {
    expect(verdict(log(0, 0, 100, 900), log(10, 50, 110, 900)).lossInSeconds).toBe(15);
  });

  test('retention by age: the first unread message is removed', () => {
    const before = log(0, 0, 100, 900, {ageSeconds: 3000});
    const now = log(10, 0, 100, 900, {ageSeconds: 3010});
    expect(verdict(before, now, 3_600_000).lossInSeconds).toBe(590);
    expect(verdict(before, now, null).lossInSeconds).toBeNull();
  });

  test('nothing is lost that has been read', () => {
    const before = log(0, 0, 900, 900, {ageSeconds: 0});
    expect(verdict(before, log(10, 50, 900, 900, {ageSeconds: 0}), 1000).lossInSeconds).toBeNull();
  });

  test('places beyond 2^53 lose no digit', () => {
    const far = (at: number, position: bigint) => ({...queue(at, 5, null), position: String(position)});
    expect(verdict(far(0, 2n ** 62n), far(1, 2n ** 62n + 3n)).readPerSecond).toBe(3);
  });
});

describe('properties', () => {
  const place = fc.nat({max: 10_000});
  const arbitraryLog = (at: number) =>
    fc
      .tuple(place, fc.option(place), place, fc.option(fc.nat({max: 100_000})))
      .map(([first, position, size, ageSeconds]) => log(at, first, position, first + size, {ageSeconds}));
  const evidence = fc.record({
    now: fc.oneof(arbitraryLog(10), fc.constant(unreadable)),
    before: fc.option(fc.oneof(arbitraryLog(0), fc.constant({...unreadable, asOf: new Date(start)}))),
    members: fc.option(fc.nat({max: 3})),
    retentionMs: fc.option(fc.nat({max: 1_000_000})),
  });

  test('what could not be measured is never called well', () => {
    fc.assert(
      fc.property(evidence, given => {
        const {state} = judge({...given, now: unreadable});
        expect(['unknown', 'losing']).toContain(state);
      }),
    );
  });

  test('a waiting message is never idle, and an empty partition never an alarm about reading', () => {
    fc.assert(
      fc.property(evidence, given => {
        const {state} = judge(given);
        if ((given.now.lag ?? 0) > 0) expect(state).not.toBe('idle');
        if (given.now.lag === 0) expect(['stalled', 'stopped', 'no-members', 'falling-behind']).not.toContain(state);
      }),
    );
  });

  test('no rate and no time is negative or not a number', () => {
    fc.assert(
      fc.property(evidence, given => {
        const {state: _, ...numbers} = judge(given);
        for (const number of Object.values(numbers)) expect(number === null || number >= 0).toBe(true);
      }),
    );
  });

  test('together, the most urgent state wins whatever the order', () => {
    const states = fc.array(fc.constantFrom(...cases.map(({state}) => state)), {minLength: 1});
    fc.assert(
      fc.property(states, several => {
        expect(worst(several)).toBe(worst(several.toReversed()));
        expect(several).toContain(worst(several));
        if (several.includes('unknown')) expect(['ok', 'idle', 'catching-up']).not.toContain(worst(several));
      }),
    );
  });
});
