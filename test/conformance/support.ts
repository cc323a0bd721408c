import {describe, expect, test} from 'vitest';
import {operations, type Operation, type Support} from '../../src/brokers/capabilities.ts';
import type {Broker} from '../../src/brokers/port.ts';
import {guard, signal, type Situation} from './situation.ts';

const names = Object.keys(operations) as Operation[];

const facets: Readonly<Record<string, (broker: Broker) => unknown>> = {
  read: broker => broker.reader,
  take: broker => broker.taker,
  settle: broker => broker.taker,
  write: broker => broker.writer,
  cursor: broker => broker.cursor,
  purge: broker => broker.purger,
  forward: broker => broker.forwarder,
};

const rank = {none: 0, emulated: 1, native: 2} as const;

/** What the driver says of itself, and the refusal of what it cannot do. */
export function supportTests(situation: Situation): void {
  const {harness, capabilities} = situation;

  describe('capabilities', () => {
    test('speak of every operation, with a reason where it is not native', () => {
      expect(Object.keys(capabilities).toSorted()).toEqual(names.toSorted());
      const silent = names.filter(name => reasonOf(capabilities[name]) === '');
      expect(silent).toEqual([]);
    });

    test('are never more than those of the broker, nor these than those of the driver', async () => {
      await using broker = await harness.open();
      const level = (support: Support) => rank[support.level];
      const widened = names.filter(
        name =>
          level(capabilities[name]) > level(broker.capabilities[name]) ||
          level(broker.capabilities[name]) > level(harness.driver.capabilities[name]),
      );
      expect(widened).toEqual([]);
    });

    test('are none for all operations of a facet exactly when it is absent', async () => {
      await using broker = await harness.open();
      for (const [facet, get] of Object.entries(facets)) {
        const own = names.filter(name => sameFacet(name, facet));
        const some = own.some(name => broker.capabilities[name].level !== 'none');
        expect({facet, present: get(broker) !== undefined}).toEqual({facet, present: some});
      }
    });

    for (const operation of names) {
      const support = capabilities[operation];
      if (support.level === 'none') {
        test(`${operation} is refused with the reason, before any I/O`, () => {
          const failure = guard(situation, operation);
          expect(failure?.kind).toBe('unsupported');
          expect(failure?.broker).toBe(support.because);
        });
      }
    }

    test('what is supported passes the guard', () => {
      const refused = names.filter(name => capabilities[name].level !== 'none' && guard(situation, name) !== null);
      expect(refused).toEqual([]);
    });
  });

  describe('a broker', () => {
    test('can be disposed of twice', async () => {
      const broker = await harness.open();
      await broker[Symbol.asyncDispose]();
      await broker[Symbol.asyncDispose]();
    });

    test('says what it is', async () => {
      await using broker = await harness.open();
      expect(broker.server.product).not.toBe('');
      expect(broker.driver).toBe(harness.driver);
    });

    test('describes itself in JSON that loses nothing', async () => {
      await using broker = await harness.open();
      const {record, facts} = await broker.inspector.describe(await harness.create({partitions: 1}), signal);
      expect(JSON.parse(JSON.stringify(record))).toEqual(record);
      expect(facts.filter(({section, name}) => section === '' || name === '')).toEqual([]);
    });
  });
}

/** Taking and settling are one facet. */
function sameFacet(name: Operation, facet: string): boolean {
  const own = name.split('.')[0] ?? '';
  return own === facet || (['take', 'settle'].includes(own) && ['take', 'settle'].includes(facet));
}

function reasonOf(support: Support): string | null {
  return support.level === 'native' ? null : support.level === 'emulated' ? support.caveat : support.because;
}
