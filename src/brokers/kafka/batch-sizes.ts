import type {Batch} from '../port.ts';
import type {Message} from '../../model/message.ts';

/**
 * One partition's messages in batches of at most `most`: a producer's batches may hold one message or thousands. A problem
 * keeps its place between them.
 */
export async function* resized(batches: AsyncIterable<Batch>, most: number): AsyncGenerator<Batch, void, undefined> {
  let waiting: Message[] = [];
  let last: Batch | null = null;
  for await (const batch of batches) {
    if (batch.problem) {
      if (last) yield {...last, messages: waiting};
      waiting = [];
      last = null;
      yield batch;
      continue;
    }
    last = batch;
    waiting = waiting.length === 0 ? [...batch.messages] : waiting.concat(batch.messages);
    while (waiting.length > most) {
      const messages = waiting.slice(0, most);
      waiting = waiting.slice(most);
      yield {...batch, messages, next: waiting[0]?.position ?? null};
    }
  }
  if (last) yield {...last, messages: waiting};
}

/** The batches in turn, one of each at a time, until all have ended. */
export async function* inTurn(
  sources: readonly AsyncGenerator<Batch, void, undefined>[],
): AsyncGenerator<Batch, void, undefined> {
  let open = [...sources];
  while (open.length > 0) {
    const still: typeof open = [];
    for (const source of open) {
      const {done, value} = await source.next();
      if (done) continue;
      yield value;
      still.push(source);
    }
    open = still;
  }
}

/** The first `most` messages; the batch then ends behind the last of them. */
export function cutAfter(batch: Batch, most: number): Batch {
  const rest = batch.messages[most];
  return rest ? {...batch, messages: batch.messages.slice(0, most), next: rest.position} : batch;
}
