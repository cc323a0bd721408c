import {createInbox} from 'nats';
import type {Msg} from 'nats';
import {interrupted, timedOut} from '../errors.ts';
import type {JetStreamApi} from './api.ts';
import {publishDenied, requestFailure} from './nats-failure.ts';
import type {StoredMessage} from './stored-message.ts';

/** Headers that a direct get adds to each message; the stored ones come before them. */
const added = new Set(
  ['Stream', 'Subject', 'Sequence', 'Time-Stamp', 'Num-Pending', 'Last-Sequence'].map(word => `Nats-${word}`),
);

/**
 * Up to `count` messages at or after a sequence, in one answer, from any replica of the stream (server 2.11, streams with
 * `allow_direct`). A replica may be behind the leader, so an empty answer proves nothing; `null` where nobody answers such
 * requests.
 */
export function directGet(
  api: JetStreamApi,
  stream: string,
  ask: {readonly sequence: number; readonly count: number; readonly bytes: number},
  signal: AbortSignal,
): Promise<readonly StoredMessage[] | null> {
  const {link, target} = api;
  const doing = `read messages of "${stream}"`;
  const subject = `${api.prefix}.DIRECT.GET.${stream}`;
  return new Promise((resolve, reject) => {
    const found: StoredMessage[] = [];
    const inbox = createInbox();
    const end = (finish: () => void): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
      subscription.unsubscribe();
      forget();
      finish();
    };
    const late = (): void => end(() => reject(timedOut(target, doing)));
    const stop = (): void => end(() => reject(interrupted()));
    const said = `permissions violation for publish to "${subject}"`;
    const forget = api.refusals.on(subject, () => end(() => reject(publishDenied(target, doing, said))));
    let timer = setTimeout(late, target.timeoutMs);
    const subscription = link.subscribe(inbox, {
      callback: (error, msg) => {
        if (error) return end(() => reject(requestFailure(target, doing, error)));
        const status = msg.headers?.code ?? 0;
        if (status === 503) return end(() => resolve(null));
        // 204 ends the answer, 404 is an answer without messages; others are said of requests that this server cannot do.
        if (status === 204 || status === 404) return end(() => resolve(found));
        if (status >= 400) return end(() => resolve(null));
        found.push(storedFrom(msg));
        clearTimeout(timer);
        timer = setTimeout(late, target.timeoutMs);
      },
    });
    signal.addEventListener('abort', stop, {once: true});
    const {sequence, count, bytes} = ask;
    const body = JSON.stringify({seq: sequence, batch: count, max_bytes: bytes});
    link.publish(subject, body, {reply: inbox});
  });
}

function storedFrom(msg: Msg): StoredMessage {
  const get = (name: string): string => msg.headers?.last(name) ?? '';
  return {
    subject: get('Nats-Subject'),
    sequence: Number(get('Nats-Sequence')),
    headers: withoutAdded(headerBlock(msg)),
    body: msg.data,
    time: new Date(get('Nats-Time-Stamp')),
  };
}

/** The header block as it came: the client library shows a map only, and keeps the bytes in these fields. */
function headerBlock(msg: Msg): Buffer {
  const {_rdata: bytes, _msg: parsed} = msg as unknown as {_rdata: Uint8Array; _msg: {hdr: number}};
  return Buffer.from(bytes.buffer, bytes.byteOffset, Math.max(0, parsed.hdr));
}

/** From the end on, each name once: a message that was itself a copy may have stored headers of these names. */
function withoutAdded(block: Buffer): Buffer {
  const lines = block.toString('latin1').split('\r\n').slice(0, -2);
  const left = new Set(added);
  while (left.delete(lines.at(-1)?.split(':', 1)[0] ?? '')) lines.pop();
  return Buffer.from([...lines, '', ''].join('\r\n'), 'latin1');
}
