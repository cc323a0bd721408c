import {parseAddress} from '../../../src/model/address.ts';
import type {Credentials, Target, TlsSettings} from '../../../src/model/target.ts';

/** The target that a context with this URL gives; the answer of a busy test machine may take a while. */
export function targetOf(
  url: string,
  {
    tls = null,
    timeoutMs = 20_000,
    credentials = {},
  }: {readonly tls?: TlsSettings | null; readonly timeoutMs?: number; readonly credentials?: Credentials} = {},
): Target {
  const address = parseAddress(url);
  const login: Credentials = {
    ...(address.username === null ? {} : {username: address.username}),
    ...(address.password === null ? {} : {password: address.password}),
    ...credentials,
  };
  return {name: 'test', address, credentials: login, tls, timeoutMs, deadLetters: [], trace: null};
}
