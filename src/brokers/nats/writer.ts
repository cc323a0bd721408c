import {Failure} from '../../model/failure.ts';
import type {Header, OutgoingMessage} from '../../model/message.ts';
import {stopIfAborted} from '../errors.ts';
import type {Outcome, Writer} from '../port.ts';
import {untilAborted} from './api.ts';
import type {JetStreamApi} from './api.ts';
import {writeHeaders} from './header-block.ts';
import {Publisher} from './publisher.ts';
import type {StreamConfig} from './records.ts';
import {streamInfo} from './streams.ts';
import {isLiteral, subjectMatches} from './subject.ts';

/** Publishes to a stream's own subjects and waits for the server's acknowledgement of each message. */
export function natsWriter(api: JetStreamApi): Writer {
  return {
    async open(destination, _options, signal) {
      const {config} = await streamInfo(api, destination, signal);
      requireSubjects(config);
      const publisher = new Publisher(api);
      return {
        async send(batch, batchSignal) {
          const settled: Promise<Outcome>[] = [];
          for (const message of batch) {
            stopIfAborted(batchSignal);
            settled.push((await write(publisher, config, message, batchSignal)).settled);
          }
          return untilAborted(Promise.all(settled), batchSignal);
        },
        [Symbol.asyncDispose]: async () => publisher.close(),
      };
    },
  };
}

async function write(
  publisher: Publisher,
  config: StreamConfig,
  message: OutgoingMessage,
  signal: AbortSignal,
): Promise<{readonly settled: Promise<Outcome>}> {
  try {
    const subject = subjectFor(config, message);
    const headers = writeHeaders(headersFor(config, message));
    return await publisher.send(subject, headers, message.body ?? new Uint8Array(), signal);
  } catch (error) {
    stopIfAborted(signal);
    if (!(error instanceof Failure)) throw error;
    return {settled: Promise.resolve({status: 'failed', failure: error})};
  }
}

/**
 * The message's own headers but those of the server: some it adds itself, and others are orders, such as Nats-Rollup,
 * which would purge the stream. The id makes the server store a message once within its duplicate window.
 */
function headersFor({name}: StreamConfig, {headers, id}: OutgoingMessage): Header[] {
  const own = headers.filter(header => !/^nats-/i.test(header.name));
  const order = (header: string, value: string): Header => ({name: header, type: 'string', value});
  return [...own, order('Nats-Expected-Stream', name), ...(id === null ? [] : [order('Nats-Msg-Id', id)])];
}

/** The subject that the message had, when the stream takes it; else the stream's only one without a wildcard. */
function subjectFor({name, subjects = []}: StreamConfig, {native}: OutgoingMessage): string {
  const had = native?.['subject'];
  if (typeof had === 'string' && isLiteral(had) && subjects.some(pattern => subjectMatches(had, pattern))) return had;
  const [only, ...others] = subjects.filter(isLiteral);
  if (only !== undefined && others.length === 0) return only;
  throw new Failure('usage', `A message for stream "${name}" has no subject that the stream takes`, {
    broker: `the stream takes ${subjects.join(', ')}`,
    hints: ['Write to a stream that has one subject without a wildcard.'],
  });
}

function requireSubjects({name, subjects, mirror}: StreamConfig): void {
  if ((subjects?.length ?? 0) > 0) return;
  throw new Failure('unsupported', `Nothing can be written to stream "${name}"`, {
    broker: mirror ? `it is a mirror of "${mirror.name}"` : 'it has no subjects of its own, only sources',
    hints: [mirror ? `Write to "${mirror.name}".` : 'Write to its sources.'],
  });
}
