import {afterAll, beforeAll, expect, test} from 'vitest';
import type {Api} from '../../../../src/brokers/kafka/wire/api.ts';
import type {Cluster} from '../../../../src/brokers/kafka/wire/cluster.ts';
import {WireReader} from '../../../../src/brokers/kafka/wire/wire-reader.ts';
import {Failure} from '../../../../src/model/failure.ts';
import {kafka, uniqueName} from '../../real.ts';
import {Situation, soon} from '../situation.ts';
import {codecs, versionsOf} from './codecs.ts';
import type {Codec} from './codecs.ts';

let situation: Situation;
let cluster: Cluster;
let on: Parameters<Codec['request']>[0];

beforeAll(async () => {
  situation = new Situation(kafka());
  await situation.admin.connect();
  cluster = await situation.cluster();
  const topic = await situation.topic('codecs', 1);
  await situation.fill(topic, [3]);
  const transactionalId = await situation.transaction(topic, 2, 'commit');
  const group = uniqueName('codecs');
  await situation.commit(group, topic, new Map([[0, 1n]]));
  const share = uniqueName('codecs-share');
  await situation.join('share', share, topic);
  const [described] = await cluster.metadata([topic], soon());
  on = {topic, topicId: described?.id ?? '', group, share, transactionalId};
});

afterAll(() => situation[Symbol.asyncDispose]());

/** Sends at one version only, and keeps the answer's bytes. */
async function ask(codec: Codec, version: number): Promise<{read: unknown; bytes: Buffer; left: number}> {
  const api: Api<unknown, unknown> = codec.api;
  let bytes = Buffer.alloc(0);
  let left = -1;
  const pinned: Api<unknown, unknown> = {
    ...api,
    versions: {min: version, max: version},
    decode(input, at) {
      bytes = Buffer.from(input.raw(input.left));
      const again = new WireReader(bytes, input.flexible);
      const answer = api.decode(again, at);
      left = again.left;
      return answer;
    },
  };
  return {read: await cluster.send(1, pinned, codec.request(on), soon()), bytes, left};
}

test.each(codecs.map(one => [one.api.name, one] as const))(
  '%s: every version that the server speaks is read to its last byte, and tells the same',
  async (_, codec) => {
    const answers: unknown[] = [];
    for (const version of versionsOf(codec)) {
      let answer;
      try {
        answer = await ask(codec, version);
      } catch (error) {
        if (error instanceof Failure && error.kind === 'unsupported') continue;
        throw error;
      }
      const {read, bytes, left} = answer;
      expect(left, `bytes left of version ${version}`).toBe(0);
      answers.push(read);
      for (let length = 0; length < bytes.length; length += Math.ceil(bytes.length / 200)) {
        const part = new WireReader(bytes.subarray(0, length), version >= codec.api.flexibleFrom);
        expect(() => codec.api.decode(part, version), `version ${version} cut at ${length}`).toThrow(Failure);
      }
    }
    expect(answers.length).toBeGreaterThan(0);
    const newest = JSON.stringify(answers.at(-1), plain);
    // What only newer versions tell is null or empty in older ones.
    for (const answer of answers)
      expect(matches(JSON.parse(JSON.stringify(answer, plain)), JSON.parse(newest))).toBe(true);
  },
);

function plain(_: string, value: unknown): unknown {
  if (Array.isArray(value)) return value.filter(isOurs);
  return typeof value === 'bigint' ? String(value) : value instanceof Map ? [...value.entries()] : value;
}

/** Other test files make groups and transactions on the same server meanwhile, and some answers list them all. */
function isOurs(one: unknown): boolean {
  const {group, transactionalId} = (one ?? {}) as {group?: unknown; transactionalId?: unknown};
  return (
    [undefined, on.group, on.share].includes(group as string) &&
    [undefined, on.transactionalId].includes(transactionalId as string)
  );
}

/** Equal but for what an older version leaves out. */
function matches(older: unknown, newer: unknown): boolean {
  if (older === null || older === '' || older === -1) return true;
  if (Array.isArray(older) && Array.isArray(newer)) {
    return (
      older.length === 0 || (older.length === newer.length && older.every((one, index) => matches(one, newer[index])))
    );
  }
  if (typeof older === 'object' && typeof newer === 'object' && newer !== null) {
    return Object.entries(older).every(([key, value]) => matches(value, (newer as Record<string, unknown>)[key]));
  }
  return older === newer;
}
