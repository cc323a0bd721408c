import type {Message} from '../../model/message.ts';
import {headerText, readHeaders} from './header-block.ts';
import type {StoredMessage} from './stored-message.ts';

export function readMessage(stream: string, stored: StoredMessage): Message {
  const headers = readHeaders(stored.headers);
  return {
    destination: stream,
    partition: null,
    position: String(stored.sequence),
    key: null,
    headers,
    body: stored.body,
    timestamp: stored.time,
    timestampKind: 'broker',
    id: headerText(headers, 'Nats-Msg-Id'),
    deliveryCount: null,
    native: {subject: stored.subject},
  };
}
