import {afterAll, describe} from 'vitest';
import {cursorTests} from './cursor.ts';
import {forwardTests} from './forward.ts';
import type {Harness} from './harness.ts';
import {purgeTests} from './purge.ts';
import {readTests} from './read.ts';
import {seeTests} from './see.ts';
import {signal, type Situation} from './situation.ts';
import {supportTests} from './support.ts';
import {takeTests} from './take.ts';
import {writeTests} from './write.ts';

/**
 * The contract of the port, as tests: every driver runs it, real brokers included. Tests are chosen by what the driver
 * says of a destination that the harness made, never by the broker's name; what it calls `none` gets the opposite test.
 * Await it at the top of a test file: the harness is made, and asked, before the tests are known.
 */
export async function describeConformance(makeHarness: () => Promise<Harness>): Promise<void> {
  const harness = await makeHarness();
  const situation = await learn(harness);
  describe(`conformance: ${harness.name}`, {timeout: 60_000 + 6 * harness.figuresLagMs}, () => {
    afterAll(() => harness.close());
    supportTests(situation);
    seeTests(situation);
    if (situation.can('read.range')) readTests(situation);
    if (situation.can('take')) takeTests(situation);
    if (situation.can('write.confirmed')) writeTests(situation);
    if (situation.can('cursor.move')) cursorTests(situation);
    purgeTests(situation);
    if (situation.can('forward')) forwardTests(situation);
  });
}

async function learn(harness: Harness): Promise<Situation> {
  await using broker = await harness.open();
  const {capabilities} = await broker.inspector.describe(await harness.create({partitions: 1}), signal);
  return {harness, capabilities, can: operation => capabilities[operation].level !== 'none'};
}
