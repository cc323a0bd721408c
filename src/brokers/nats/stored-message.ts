import {isNotFound} from './api.ts';
import type {JetStreamApi} from './api.ts';

/** A message as STREAM.MSG.GET gives it, decoded; `headers` is the header block as it is stored. */
export interface StoredMessage {
  readonly subject: string;
  readonly sequence: number;
  readonly headers: Uint8Array;
  readonly body: Uint8Array;
  readonly time: Date;
}

/**
 * The first message at or after a sequence whose subject matches; `null` past the last one. The stream's leader answers,
 * and no consumer is made.
 */
export async function messageFrom(
  api: JetStreamApi,
  stream: string,
  from: {readonly sequence: number; readonly subject: string},
  signal: AbortSignal,
): Promise<StoredMessage | null> {
  return getMessage(api, stream, {seq: from.sequence, next_by_subj: from.subject}, signal);
}

/** The message with this very sequence; `null` where there is none. */
export async function messageAt(
  api: JetStreamApi,
  stream: string,
  sequence: number,
  signal: AbortSignal,
): Promise<StoredMessage | null> {
  return getMessage(api, stream, {seq: sequence}, signal);
}

async function getMessage(
  api: JetStreamApi,
  stream: string,
  body: object,
  signal: AbortSignal,
): Promise<StoredMessage | null> {
  try {
    const answer = await api.request(`STREAM.MSG.GET.${stream}`, body, `read messages of "${stream}"`, signal);
    const {message} = answer as {message: MessageRecord};
    return {
      subject: message.subject,
      sequence: message.seq,
      headers: Buffer.from(message.hdrs ?? '', 'base64'),
      body: Buffer.from(message.data ?? '', 'base64'),
      time: new Date(message.time),
    };
  } catch (error) {
    if (isNotFound(error)) return null;
    throw error;
  }
}

interface MessageRecord {
  readonly subject: string;
  readonly seq: number;
  readonly hdrs?: string;
  readonly data?: string;
  readonly time: string;
}
