import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {negotiate} from '../../../../src/brokers/kafka/wire/api.ts';
import {WireReader} from '../../../../src/brokers/kafka/wire/wire-reader.ts';
import {Failure} from '../../../../src/model/failure.ts';
import {changing, codecs, versionsOf} from './codecs.ts';

const names = [...codecs, ...changing].map(one => [one.api.name, one] as const);

describe('an answer that is not what it should be', () => {
  test.each(names)('%s: any bytes are read or are a failure, and never anything else', (_, codec) => {
    const version = fc.constantFrom(...versionsOf(codec));
    // Small numbers make plausible lengths, so that the reading gets further than the first field.
    const bytes = fc.oneof(fc.uint8Array({maxLength: 300}), fc.array(fc.nat({max: 3}), {maxLength: 300}));
    fc.assert(
      fc.property(version, bytes, (at, answer) => {
        try {
          codec.api.decode(new WireReader(Buffer.from(answer), at >= codec.api.flexibleFrom), at);
        } catch (error) {
          expect(error).toBeInstanceOf(Failure);
          expect(error).toMatchObject({kind: 'data'});
        }
      }),
    );
  });
});

test('a version is used that both sides speak, by minimum and maximum', () => {
  const ours = {min: 4, max: 9};
  expect(negotiate(ours, {min: 0, max: 12})).toBe(9);
  expect(negotiate(ours, {min: 0, max: 6})).toBe(6);
  expect(negotiate(ours, {min: 0, max: 3})).toBeNull();
  expect(negotiate(ours, {min: 10, max: 14})).toBeNull();
  expect(negotiate(ours, undefined)).toBeNull();
});
