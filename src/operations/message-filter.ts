import {Failure} from '../model/failure.ts';
import type {Header, Message} from '../model/message.ts';

/** Which messages are meant: all conditions must hold. */
export interface MessageFilter {
  /** The key as text. */
  readonly key: string | null;
  /** `NAME=VALUE`: some header of that name has that value as its text. */
  readonly headers: readonly string[];
}

/** @returns `null` when every message is meant. @throws {Failure} `usage` on a header condition without `=` */
export function messageFilter({key, headers}: MessageFilter): ((message: Message) => boolean) | null {
  if (key === null && headers.length === 0) return null;
  const wanted = key === null ? null : Buffer.from(key, 'utf8');
  const conditions = headers.map(word => {
    const at = word.indexOf('=');
    if (at < 1) {
      throw new Failure('usage', `"${word}" is not a header condition`, {hints: ['Write --header NAME=VALUE.']});
    }
    return {name: word.slice(0, at), value: word.slice(at + 1)};
  });
  return message =>
    (wanted === null || (message.key !== null && wanted.equals(message.key))) &&
    conditions.every(({name, value}) =>
      message.headers.some(header => header.name === name && headerText(header) === value),
    );
}

function headerText({value}: Header): string | null {
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString('utf8');
  return typeof value === 'object' ? null : String(value);
}
