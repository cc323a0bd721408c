import {Failure} from '../../model/failure.ts';

/** A broker that another tool's configuration names. Its secrets are apart, for they go to files of their own. */
export interface Found {
  readonly name: string;
  readonly url: string;
  readonly current: boolean;
  readonly username?: string;
  readonly password?: string;
  readonly token?: string;
  /** The tool keeps the secret in a file already. */
  readonly tokenFile?: string;
  readonly credsFile?: string;
  readonly tls?: FoundTls;
  /** What could not be taken over, or had to be guessed. */
  readonly note?: string;
}

export interface FoundTls {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly serverName?: string;
  readonly insecure?: boolean;
}

/** Another tool: where its configuration is, and how its text is read. */
export interface Source {
  /** Its files, most likely first; `~` is the home. A folder means each file in it. */
  readonly places: () => readonly string[];
  readonly read: (text: string, file: string) => Promise<readonly Found[]>;
}

/** Values of a file that somebody else wrote: each is looked at before it is believed. */
export class Fields {
  readonly #value: Readonly<Record<string, unknown>>;

  constructor(value: unknown) {
    const isRecord = typeof value === 'object' && value !== null && !Array.isArray(value);
    this.#value = isRecord ? (value as Record<string, unknown>) : {};
  }

  text(...keys: readonly string[]): string | undefined {
    for (const key of keys) {
      const value = this.#value[key];
      if (typeof value === 'string' && value !== '') return value;
      if (typeof value === 'number') return String(value);
    }
    return undefined;
  }

  texts(key: string): string[] {
    const value = this.#value[key];
    return Array.isArray(value) ? value.filter(item => typeof item === 'string') : [];
  }

  flag(key: string): boolean {
    return /^true$/i.test(String(this.#value[key]));
  }

  has(key: string): boolean {
    return this.#value[key] !== undefined && this.#value[key] !== null;
  }

  fields(key: string): Fields {
    return new Fields(this.#value[key]);
  }

  list(key: string): Fields[] {
    const value = this.#value[key];
    return Array.isArray(value) ? value.map(item => new Fields(item)) : [];
  }

  entries(key: string): [string, Fields][] {
    const value = this.#value[key];
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.entries(value).map(([name, item]) => [name, new Fields(item)])
      : [];
  }
}

/** The record without its undefined values, as optional properties want it. */
export function defined<T extends object>(record: {[K in keyof T]: T[K] | undefined}): T {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as T;
}

/** A Kafka URL of host:port words; SASL's mechanism goes into the query. @throws {Failure} `config` without hosts */
export function kafkaUrl(hosts: readonly string[], tls: boolean, mechanism: string | undefined, file: string): string {
  if (hosts.length === 0) throw new Failure('config', `${file} names no Kafka server`);
  const plain = mechanism
    ?.toLowerCase()
    .replaceAll('_', '-')
    .replace(/^scram-?sha-?/, 'scram-sha-');
  const sasl = plain === undefined ? '' : `?sasl=${plain === 'plaintext' ? 'plain' : plain}`;
  return `kafka${tls ? '+tls' : ''}://${hosts.join(',')}${sasl}`;
}
