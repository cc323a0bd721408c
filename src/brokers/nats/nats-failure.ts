import {Failure} from '../../model/failure.ts';
import type {FailureKind} from '../../model/failure.ts';
import type {Target} from '../../model/target.ts';
import {denied, timedOut, unreachable} from '../errors.ts';

/** The `error` of a JetStream answer. */
export interface ApiError {
  readonly code?: number;
  readonly err_code?: number;
  readonly description?: string;
}

/** JetStream's own error numbers (nats-server: server/errors.json) by what they mean to us. */
const kinds: Readonly<Record<number, FailureKind>> = {
  10002: 'cannotWrite',
  10008: 'tryAgain',
  10009: 'tryAgain',
  10014: 'notFound',
  10023: 'tryAgain',
  10037: 'notFound',
  10039: 'unsupported',
  10054: 'data',
  10059: 'notFound',
  10060: 'notFound',
  10076: 'unsupported',
  10077: 'cannotWrite',
  10118: 'tryAgain',
  10167: 'data',
};

/** What JetStream refused. `doing` completes "Could not …". */
export function apiFailure(target: Target, doing: string, error: ApiError): Failure {
  const number = error.err_code ?? 0;
  const kind = kinds[number] ?? (error.code === 503 ? 'tryAgain' : error.code === 404 ? 'notFound' : 'cannotWrite');
  const said = `${error.description ?? 'error'} (${number || error.code})`;
  return new Failure(kind, `Could not ${doing} on ${target.name}`, {
    broker: said,
    hints: kind === 'unsupported' ? noJetStreamHints : [],
  });
}

const noJetStreamHints = [
  'Enable JetStream on the server and for the account of this user: nats account info',
  'If JetStream is in another domain, add ?domain=NAME to the URL.',
];

/** A request that failed on its way: no answer, no rights, no connection. */
export function requestFailure(target: Target, doing: string, error: unknown): Failure {
  if (error instanceof Failure) return error;
  const code = codeOf(error);
  const said = error instanceof Error ? error.message : String(error);
  if (code === 'TIMEOUT') return timedOut(target, doing);
  if (code === 'PERMISSIONS_VIOLATION') return publishDenied(target, doing, said);
  if (code === '503') {
    return new Failure('unsupported', `JetStream does not answer on ${target.name}: could not ${doing}`, {
      broker: 'no responders',
      hints: noJetStreamHints,
      cause: error,
    });
  }
  if (code === 'MAX_PAYLOAD_EXCEEDED') {
    return new Failure('data', `Could not ${doing} on ${target.name}`, {
      broker: said,
      hints: ['The message is larger than max_payload of the server.'],
      cause: error,
    });
  }
  return unreachable(target, said || code, error);
}

export function publishDenied(target: Target, doing: string, said: string): Failure {
  const hint = 'Grant this user publish on the subject that the server names, and subscribe on _INBOX.>';
  return denied(`Could not ${doing} on ${target.name}`, said, hint);
}

/** A connection that did not come about. */
export function connectFailure(target: Target, error: unknown): Failure {
  if (error instanceof Failure) return error;
  const code = codeOf(error);
  const said = error instanceof Error ? error.message : String(error);
  const at = target.address.shown;
  if (/^(?:AUTHORIZATION_VIOLATION|AUTHENTICATION_|ACCOUNT_EXPIRED|BAD_AUTHENTICATION|BAD_CREDS)/.test(code)) {
    return new Failure('denied', `${at} refused the login`, {
      broker: said,
      hints: ['Check user and password, the token, or the creds file of the context.'],
      cause: error,
    });
  }
  if (/CERT|SIGNATURE|ISSUER|^ERR_TLS|^ERR_SSL|^ERR_OSSL|EPROTO/.test(code) || /certificate/i.test(said)) {
    return new Failure('config', `TLS with ${at} failed`, {
      broker: code === '' ? said : `${said} (${code})`,
      hints: [
        "Give the server's CA with tls.ca in the context, or tls.serverName when its certificate has another name.",
      ],
      cause: error,
    });
  }
  if (code === 'SERVER_OPT_NA') {
    return new Failure('config', `${at} offers no TLS`, {
      broker: said,
      hints: ['Use nats:// for a server without TLS.'],
      cause: error,
    });
  }
  if (code === 'TIMEOUT' || code === 'CONNECTION_TIMEOUT') {
    const failure = timedOut(target, 'connect');
    const hint = 'A server that asks for a client certificate answers nothing without one: give tls.cert and tls.key.';
    return new Failure(failure.kind, failure.message, {hints: [...failure.hints, hint], cause: error});
  }
  return unreachable(target, said || code, error);
}

/** The client library puts the socket's own error into `chainedError`. */
export function codeOf(error: unknown): string {
  if (!(error instanceof Error) || !('code' in error)) return '';
  const chained = 'chainedError' in error ? codeOf(error.chainedError) : '';
  return /^(?:CONNECTION_REFUSED|UNKNOWN|)$/.test(String(error.code)) && chained !== '' ? chained : String(error.code);
}
