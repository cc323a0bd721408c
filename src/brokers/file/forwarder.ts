import {Failure} from '../../model/failure.ts';
import type {Message, OutgoingMessage} from '../../model/message.ts';
import type {Forwarder, Reader} from '../port.ts';

const chunk = {batchMessages: 500, batchBytes: 8 * 1024 * 1024, messages: null};

/** Copies lines from folder to folder. A message keeps its partition where the target has one of that name. */
export function fileForwarder(reader: Reader): Forwarder {
  return {
    forward: async function* (range, to, signal) {
      const {partitions} = (await to.broker.inspector.describe(to.destination, signal)).destination;
      const kept = new Set(partitions.map(({id}) => id));
      const {writer} = to.broker;
      if (!writer) throw new Failure('unsupported', `${to.destination} cannot be written to`);
      await using session = await writer.open(to.destination, {}, signal);
      for await (const {partition, messages, next, problem} of reader.read(range, chunk, signal)) {
        const outcomes = await session.send(
          messages.map(message => outgoing(message, kept)),
          signal,
        );
        for (const outcome of outcomes) if (outcome.status !== 'done') throw outcome.failure;
        if (problem) throw problem;
        const bytes = messages.reduce((sum, {key, body}) => sum + (key?.length ?? 0) + (body?.length ?? 0), 0);
        if (next !== null) yield {partition, messages: messages.length, bytes, next, duplicatesPossible: 0};
      }
    },
  };
}

function outgoing(message: Message, kept: ReadonlySet<string | null>): OutgoingMessage {
  const {key, headers, body, id, native} = message;
  return {
    partition: kept.has(message.partition) ? message.partition : null,
    key,
    headers,
    body,
    timestamp: message.timestampKind === 'producer' ? message.timestamp : null,
    id,
    native,
  };
}
