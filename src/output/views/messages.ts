import type {MessageRow} from '../../model/rows/message.ts';
import type {View} from '../view.ts';
import {bytesCell, timeCell} from './cells.ts';

export interface MessagesViewOptions {
  readonly command: string;
  /** Messages come from more than one destination. */
  readonly several: boolean;
}

export function messagesView({command, several}: MessagesViewOptions): View<MessageRow> {
  return {
    command,
    live: true,
    columns: [
      {key: 'context', heading: 'context', value: row => row.context, ofSeveral: true},
      {key: 'system', heading: 'system', value: row => row.system, wide: true},
      {
        key: 'destination',
        heading: terms => terms?.destination ?? 'destination',
        value: row => row.destination,
        wide: !several,
      },
      {
        key: 'partition',
        heading: terms => terms?.partition ?? 'partition',
        value: row => row.partition,
        align: 'right',
        priority: 2,
      },
      {
        key: 'position',
        heading: terms => terms?.position ?? 'position',
        value: row => row.position,
        align: 'right',
        priority: 1,
      },
      {
        key: 'timestamp',
        heading: 'time',
        value: row => row.timestamp,
        text: row => timeCell(row.timestamp),
        priority: 4,
      },
      {key: 'timestampKind', heading: 'time of', value: row => row.timestampKind, wide: true},
      {key: 'storedAt', heading: 'stored', value: row => row.storedAt, text: row => timeCell(row.storedAt), wide: true},
      {key: 'id', heading: 'id', value: row => row.id, wide: true},
      {key: 'key', heading: 'key', value: row => row.key, priority: 3},
      {key: 'keyEncoding', heading: 'key as', value: row => row.keyEncoding, wide: true},
      {
        key: 'deliveryCount',
        heading: 'deliveries',
        value: row => row.deliveryCount,
        align: 'right',
        priority: 5,
      },
      {key: 'headers', heading: 'headers', value: row => row.headers, text: headersCell, wide: true},
      {key: 'failure', heading: 'failure', value: row => row.failure, text: failureCell, priority: 2},
      {key: 'native', heading: 'native', value: row => row.native, wide: true},
      {key: 'format', heading: 'format', value: row => row.format, priority: 6},
      {key: 'schema', heading: 'schema', value: row => row.schema, wide: true},
      {key: 'bodyEncoding', heading: 'body as', value: row => row.bodyEncoding, wide: true},
      {
        key: 'bodyBytes',
        heading: 'size',
        value: row => row.bodyBytes,
        text: row => bytesCell(row.bodyBytes),
        align: 'right',
        wide: true,
      },
      {key: 'body', heading: 'body', value: row => row.body, text: bodyCell, flexible: true},
    ],
  };
}

/** Bodies of this size and more have it written before them, for their end is cut off. */
const large = 1024;

function bodyCell({body, bodyEncoding, bodyBytes}: MessageRow): string {
  if (bodyBytes === null) return '(no body)';
  if (bodyBytes === 0) return '(empty)';
  if (bodyEncoding === 'base64') {
    const start = Buffer.from(String(body).slice(0, 256), 'base64').toString('hex');
    return `(${bytesCell(bodyBytes)}) ${start.replace(/../g, '$& ').trimEnd()}`;
  }
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return bodyBytes < large ? text : `(${bytesCell(bodyBytes)}) ${text}`;
}

function headersCell({headers}: MessageRow): string {
  const text = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));
  return headers.map(([name, , value]) => `${name}=${text(value).slice(0, 80)}`).join(' ');
}

function failureCell({failure}: MessageRow): string {
  if (failure === null) return '';
  const what = failure.exception?.split('.').at(-1) ?? failure.reason ?? failure.framework;
  return what.slice(0, 40);
}
