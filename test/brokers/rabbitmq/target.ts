import {parseAddress} from '../../../src/model/address.ts';
import type {Credentials, Target, TlsSettings} from '../../../src/model/target.ts';

/** The target that a context with this URL gives; the answer of a busy test machine may take a while. */
export function targetOf(
  server: {readonly url: string},
  {tls = null, timeoutMs = 20_000}: {readonly tls?: TlsSettings | null; readonly timeoutMs?: number} = {},
): Target {
  const address = parseAddress(server.url);
  const credentials: Credentials = {
    ...(address.username === null ? {} : {username: address.username}),
    ...(address.password === null ? {} : {password: address.password}),
  };
  return {name: 'test', address, credentials, tls, timeoutMs, deadLetters: [], trace: null};
}
