import {Errors} from '@oclif/core';
import {expect, test} from 'vitest';
import {Failure} from '../../src/model/failure.ts';
import {Secret} from '../../src/model/secret.ts';
import {asFailure, errorDocument, errorText, nearest} from '../../src/shell/errors.ts';
import {redact, redactFromNowOn} from '../../src/shell/redaction.ts';

test('a failure has three parts', () => {
  const failure = new Failure('unreachable', 'Could not connect to kafka://h:1', {
    broker: 'connect ECONNREFUSED',
    hints: ['Check the port.', 'Look again.'],
    context: 'prod',
  });
  expect(errorText(failure)).toBe(
    'Error [prod]: Could not connect to kafka://h:1\n  Reason: connect ECONNREFUSED\n  Try: Check the port.\n       Look again.\n',
  );
  expect(JSON.parse(errorDocument('lag', failure))).toEqual({
    command: 'lag',
    version: 1,
    error: {
      kind: 'unreachable',
      message: 'Could not connect to kafka://h:1',
      broker: 'connect ECONNREFUSED',
      hints: ['Check the port.', 'Look again.'],
      context: 'prod',
    },
  });
});

test('what a broker answers cannot move the cursor', () => {
  expect(errorText(new Failure('denied', 'No \x1b[2Jrights', {broker: 'bell \x07'}))).not.toMatch(
    /[\x00-\x09\x0b-\x1f]/,
  );
});

test('anything that is not expected is a bug, with its stack', () => {
  const failure = asFailure(new TypeError('x is not a function'));
  expect(failure.exitCode).toBe(70);
  expect(errorText(failure)).toContain('TypeError: x is not a function\n    at ');
  expect(asFailure('thrown text').exitCode).toBe(70);
});

test('a mistyped flag is a usage error with the near one', () => {
  const failure = asFailure(new Errors.CLIError('Nonexistent flag: --contxt\nSee more help with --help'), [
    '--context',
    '--config',
  ]);
  expect(failure).toMatchObject({kind: 'usage', message: 'Unknown flag: --contxt'});
  expect(failure.hints).toContain('Did you mean --context?');
});

test("a flag's own failure keeps its hints and gains the flag's name", () => {
  const failure = new Failure('usage', 'Parsing --timeout \n\t"abc" is not a duration\nSee more help with --help', {
    hints: ['Use 2s.'],
  });
  expect(asFailure(failure)).toMatchObject({message: '--timeout: "abc" is not a duration', hints: ['Use 2s.']});
});

test.each([
  ['contxt', 'context'],
  ['dpeth', 'depth'],
  ['desc', 'describe'],
  ['xyzzy', null],
])('nearest to %s is %s', (word, near) => {
  expect(nearest(word, ['context', 'depth', 'describe', 'lag'])).toBe(near);
});

test('a known secret is shown in none of its forms, and a common word is not torn', () => {
  redactFromNowOn(new Secret('p@ss/w"rd'));
  redactFromNowOn(new Secret('gast'));
  const text = `a p@ss/w"rd b ${encodeURIComponent('p@ss/w"rd')} c ${Buffer.from('p@ss/w"rd').toString('base64')} gast gastro`;
  expect(redact(text)).toBe('a *** b *** c *** *** gastro');
});

test.each([
  ['amqp://app:s3cret@h:5672/v', 'amqp://app:***@h:5672/v'],
  ['see kafka://:pw@h1:1,h2:2 there', 'see kafka://:***@h1:1,h2:2 there'],
  ['http://h:15672/api', 'http://h:15672/api'],
])('%s is shown as %s', (url, shown) => {
  expect(redact(url)).toBe(shown);
});
