import {Failure} from '../../model/failure.ts';
import type {FailureKind} from '../../model/failure.ts';
import type {Target} from '../../model/target.ts';
import {unreachable} from '../errors.ts';

/** AMQP 0-9-1 reply codes and what they mean to us; a code that is not here is `unreachable`: the connection is gone. */
const kinds: Readonly<Record<number, FailureKind>> = {
  311: 'data',
  320: 'tryAgain',
  402: 'notFound',
  403: 'denied',
  404: 'notFound',
  405: 'tryAgain',
  406: 'usage',
  501: 'data',
  506: 'tryAgain',
  530: 'denied',
  540: 'unsupported',
  541: 'tryAgain',
};

/** The words a server closes with, without the client library's own around them. */
export function saidBy(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text
    .replace(
      /^(?:Operation failed: \w+; |Channel closed by server: |Connection closed: |Handshake terminated by server: )/,
      '',
    )
    .replace(/^(\d{3}) \([A-Z-]+\) with message "([\s\S]*)"$/, '$2');
}

/** The reply code of an error that the client library made of a server's close. */
export function replyCode(error: unknown): number | null {
  if (!(error instanceof Error)) return null;
  if ('code' in error && typeof error.code === 'number') return error.code;
  const said = /(?:server|failed|closed): (?:\w+; )?(\d{3}) \(/.exec(error.message)?.[1];
  return said === undefined ? null : Number(said);
}

/** A failed request on an open connection. `doing` completes "Could not …". */
export function requestFailure(target: Target, doing: string, error: unknown): Failure {
  if (error instanceof Failure) return error;
  const code = replyCode(error);
  return new Failure((code !== null && kinds[code]) || 'unreachable', `Could not ${doing} on ${target.name}`, {
    broker: saidBy(error),
    cause: error,
  });
}

/** A connection that did not come about: each cause told apart, as far as the server and the client library tell. */
export function connectFailure(target: Target, error: unknown): Failure {
  if (error instanceof Failure) return error;
  const said = saidBy(error);
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const at = target.address.shown;
  const user = target.credentials.username ?? 'guest';
  if (/ACCESS.REFUSED|\b403\b/.test(String(error))) {
    return new Failure('denied', `${at} refused the login of ${user}`, {
      broker: said,
      hints: ['Check the user and the password.', 'The user guest may log in from the same machine only.'],
      cause: error,
    });
  }
  // The server closes with 530 here, and the client library drops its words.
  if (/Expected ConnectionOpenOk/.test(said)) {
    return new Failure('notFound', `There is no vhost "${target.address.path ?? '/'}" for ${user} on ${at}`, {
      broker: 'connection.close in answer to connection.open',
      hints: [
        'Check the vhost in the URL: amqp://host/vhost, and amqp://host/ or amqp://host/%2F for the vhost "/".',
        `Check that ${user} has permissions on it: rabbitmqctl list_permissions -p VHOST`,
      ],
      cause: error,
    });
  }
  if (/^ERR_SSL_(?:WRONG_VERSION|PACKET_LENGTH)|EPROTO/.test(code)) {
    return new Failure('config', `${at} does not speak TLS on this port`, {
      broker: said,
      hints: ['Use amqp:// for a port without TLS; the usual TLS port is 5671.'],
      cause: error,
    });
  }
  if (/CERT|SIGNATURE|ISSUER|^ERR_TLS|^ERR_SSL|^ERR_OSSL/.test(code)) {
    return new Failure('config', `TLS with ${at} failed`, {
      broker: `${said} (${code})`,
      hints: [
        "Give the server's CA with tls.ca in the context, or tls.serverName when its certificate has another name.",
      ],
      cause: error,
    });
  }
  if (/closed abruptly|ECONNRESET/.test(`${said} ${code}`) && !target.tls) {
    return new Failure('unreachable', `${at} closed the connection in the AMQP handshake`, {
      broker: said,
      hints: [
        'If the port expects TLS, use amqps://.',
        'Check that the port is the AMQP one (5672) and not the management one.',
      ],
      cause: error,
    });
  }
  return unreachable(target, said || code, error);
}
