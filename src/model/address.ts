import {Failure} from './failure.ts';
import {Secret} from './secret.ts';

export interface Host {
  readonly host: string;
  readonly port: number | null;
}

/** A context's URL in parts. `URL` cannot do it: it knows neither several hosts nor `file:DIR`. */
export interface Address {
  readonly scheme: string;
  readonly hosts: readonly Host[];
  readonly username: string | null;
  readonly password: Secret | null;
  /** After the host and its slash, percent-decoded; `null` without a slash, as an AMQP vhost differs from the empty one. */
  readonly path: string | null;
  readonly query: ReadonlyMap<string, string>;
  /** The URL with its password as `***`: the only form that may be shown. */
  readonly shown: string;
}

const shape = /^([a-z][a-z0-9+.-]*):(?:\/\/(?:([^/?#]*)@)?([^@/?#]*))?([^?#]*)(?:\?([^#]*))?$/i;

/**
 * Reads `scheme://user:password@h1:1,h2:2/path?query` and `file:DIR`.
 * @throws {Failure} `usage`; the text of the URL is not repeated, for it may hold a password.
 */
export function parseAddress(url: string): Address {
  const match = shape.exec(url);
  const isFolder = match?.[1]?.toLowerCase() === 'file';
  if (!match?.[1] || (isFolder ? match[3] : match[3] === undefined)) {
    throw new Failure('usage', 'That is not a broker URL', {
      hints: ['Write scheme://host:port, such as kafka://localhost:9092, amqp://localhost:5672/vhost or file:./demo.'],
    });
  }
  const [, scheme, login, hostList, rawPath = '', rawQuery = ''] = match;
  const [rawUser, ...rawPassword] = (login ?? '').split(':');
  const username = login === undefined ? null : decode(rawUser ?? '');
  const password = rawPassword.length === 0 ? null : new Secret(decode(rawPassword.join(':')));
  const query = new Map([...new URLSearchParams(rawQuery)]);
  const shownLogin = username === null ? '' : `${rawUser}${password ? ':***' : ''}@`;
  const shownQuery = rawQuery
    .replace(/((?:^|&)[^=&]*(?:password|secret|token|key)[^=&]*=)[^&]*/gi, '$1***')
    // A URL in the query may hold a login, which no driver takes from there: its password is hidden all the same.
    .replace(/((?:\/\/|%2F%2F)[^&@:%]*(?::|%3A))[^&@]*?(@|%40)/gi, '$1***$2');
  return {
    scheme: scheme.toLowerCase(),
    hosts: isFolder
      ? []
      : (hostList ?? '')
          .split(',')
          .filter(Boolean)
          .map(word => parseHost(word, rawPath.includes('@'))),
    username: username === '' ? null : username,
    password,
    path: isFolder ? decode(rawPath) : rawPath === '' ? null : decode(rawPath.slice(1)),
    query,
    shown: `${scheme}:${isFolder ? '' : `//${shownLogin}${hostList ?? ''}`}${rawPath}${shownQuery && `?${shownQuery}`}`,
  };
}

/** @param afterLogin what follows holds an `@`, so the word may be the first part of a password with a slash in it */
function parseHost(word: string, afterLogin: boolean): Host {
  const match = /^(\[[0-9a-f:.%]+\]|[^:[\]\s]+)(?::(\d{1,5}))?$/i.exec(word);
  const port = match?.[2] === undefined ? null : Number(match[2]);
  if (!match?.[1] || (port !== null && (port === 0 || port > 65_535))) {
    if (afterLogin) {
      throw new Failure('usage', 'What stands before the first / of the URL is not a host and port', {
        hints: ['Write a / in a password as %2F.'],
      });
    }
    throw new Failure('usage', `"${word}" is not a host and port`, {
      hints: ['Write host:port, and [::1]:port for IPv6.'],
    });
  }
  return {host: match[1].replace(/^\[|\]$/g, ''), port};
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new Failure('usage', 'The URL holds a % that is not a percent-encoding', {
      hints: ['Write a literal % as %25.'],
    });
  }
}
