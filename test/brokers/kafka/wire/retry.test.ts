import {expect, test} from 'vitest';
import {failureOf} from '../../../../src/brokers/kafka/wire/error-codes.ts';
import {askUntilSettled, retry} from '../../../../src/brokers/kafka/wire/retry.ts';

const never = new AbortController().signal;

function failing(code: number, times: number): {attempt: () => Promise<string>; count: () => number} {
  let count = 0;
  const attempt = () => (++count <= times ? Promise.reject(failureOf(code, 'no')) : Promise.resolve('yes'));
  return {attempt, count: () => count};
}

test('what passes is tried again', async () => {
  const {attempt, count} = failing(6, 2);
  expect(await retry(attempt, never)).toBe('yes');
  expect(count()).toBe(3);
});

test('what does not pass, is not', async () => {
  const {attempt, count} = failing(29, 1);
  await expect(retry(attempt, never)).rejects.toMatchObject({kind: 'denied'});
  expect(count()).toBe(1);
});

test('the tries have an end', async () => {
  const {attempt, count} = failing(15, 1000);
  await expect(retry(attempt, never)).rejects.toMatchObject({
    kind: 'tryAgain',
    broker: expect.stringContaining('(15)') as string,
  });
  expect(count()).toBe(6);
});

test('an abort ends the waiting', async () => {
  const controller = new AbortController();
  const {attempt, count} = failing(15, 1000);
  const tried = retry(attempt, controller.signal);
  controller.abort();
  await expect(tried).rejects.toMatchObject({kind: 'interrupted'});
  expect(count()).toBe(1);
});

test('an answer that stays in trouble is given back as it is', async () => {
  let asked = 0;
  const answer = () => Promise.resolve(++asked);
  const trouble = (limit: number) => (one: number) => (one < limit ? failureOf(16, 'moved') : null);
  expect(await askUntilSettled(answer, trouble(3), never)).toBe(3);
  asked = 0;
  expect(await askUntilSettled(answer, trouble(100), never)).toBe(6);
  await expect(askUntilSettled(() => Promise.reject(failureOf(31, 'denied')), trouble(1), never)).rejects.toMatchObject(
    {kind: 'denied'},
  );
});
