import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {expect, test} from 'vitest';
import {management} from '../../../src/brokers/rabbitmq/management.ts';
import {targetOf} from './target.ts';

const forever = new AbortController().signal;

/** Asks a server that gives these answers one after another, the last one again and again. */
async function ask(
  answers: readonly (readonly [status: number, body: string])[],
): Promise<{answer: unknown; asked: number}> {
  let asked = 0;
  const server = createServer((_request, response) => {
    const [status, body] = answers[Math.min(asked++, answers.length - 1)] ?? [500, ''];
    response.writeHead(status).end(body);
  });
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done));
  const {port} = server.address() as AddressInfo;
  const api = management(new URL(`http://127.0.0.1:${port}`), targetOf({url: 'amqp://h'}), 5000);
  try {
    return {answer: await api.get(['queues'], {}, forever).catch((error: unknown) => error), asked};
  } finally {
    api.close();
    server.close();
  }
}

test('a listing that breaks off, or fails in the server, is asked for again', async () => {
  expect(
    await ask([
      [200, '[{"name":"a"'],
      [500, ''],
      [200, '[]'],
    ]),
  ).toEqual({answer: [], asked: 3});
});

test('a server that keeps failing is one to try again later', async () => {
  const {answer, asked} = await ask([[500, 'Internal Server Error']]);
  expect(answer).toMatchObject({kind: 'tryAgain', broker: '500 Internal Server Error'});
  expect(asked).toBe(3);
});

test('what answers no JSON is another server, and is asked once', async () => {
  const {answer, asked} = await ask([[200, '<html>']]);
  expect(answer).toMatchObject({kind: 'unreachable'});
  expect(asked).toBe(1);
});
