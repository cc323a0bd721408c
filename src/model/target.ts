import type {Address} from './address.ts';
import type {DeadLetterHint} from './dead-letter.ts';
import type {Secret} from './secret.ts';

export interface TlsSettings {
  /** PEM texts, not file names. */
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: Secret;
  readonly serverName?: string;
  /** Accept any certificate: for a test machine, and warned about. */
  readonly insecure?: boolean;
}

export interface Credentials {
  readonly username?: string;
  readonly password?: Secret;
  readonly token?: Secret;
  /** Path of a credentials file in the ecosystem's own format (NATS creds). */
  readonly credsFile?: string;
}

/** One broker to open: a context with its secrets fetched and its files read. Drivers read no config and no environment. */
export interface Target {
  /** The context's name, or the URL with its password hidden. */
  readonly name: string;
  readonly address: Address;
  /** From the context, with the URL's own login filled in where the context has none. */
  readonly credentials: Credentials;
  /** `null` where neither the scheme nor the context asks for TLS. */
  readonly tls: TlsSettings | null;
  /** Longest wait for one answer, in milliseconds. */
  readonly timeoutMs: number;
  readonly deadLetters: readonly DeadLetterHint[];
  /** One line of protocol trace for `BROKERCTL_DEBUG=1`; secrets and message bodies stay out of it. `null` when off. */
  readonly trace: ((line: string) => void) | null;
}
