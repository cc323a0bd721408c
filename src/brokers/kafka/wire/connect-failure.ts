import {denied, timedOut, unreachable} from '../../errors.ts';
import {Failure} from '../../../model/failure.ts';
import type {Target} from '../../../model/target.ts';
import {TransientError} from './error-codes.ts';

/** What kafkajs and Node throw has a name, and from the socket a code. */
function partsOf(error: unknown): {name: string; code: string; message: string} {
  if (!(error instanceof Error)) return {name: '', code: '', message: String(error)};
  const code: unknown = 'code' in error ? error.code : undefined;
  return {name: error.name, code: typeof code === 'string' ? code : '', message: error.message};
}

/** The failure of not getting a connection to `where` (host:port). */
export function connectFailure(target: Target, where: string, error: unknown): Failure {
  if (error instanceof Failure) {
    return error.cause instanceof TransientError ? closedEarly(target, `${where}: ${error.cause.message}`) : error;
  }
  const {name, code, message} = partsOf(error);
  const said = `${where}: ${message}`;
  if (/does not support the requested SASL mechanism/.test(message)) {
    return new Failure('config', `${target.name} does not offer this SASL mechanism`, {
      broker: said,
      hints: ['Use another: sasl=plain, scram-sha-256, scram-sha-512 or oauthbearer in the URL.'],
      cause: error,
    });
  }
  if (name === 'KafkaJSSASLAuthenticationError') {
    return denied(`${target.name} refused the login`, said, 'Check the user, the password and sasl= in the URL.');
  }
  if (/^(?:CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|ERR_TLS|ERR_SSL|ERR_OSSL)|_CERT(?:_|$)/.test(code)) {
    return new Failure('config', `The TLS connection to ${target.address.shown} failed`, {
      broker: said,
      hints: [
        "Give the CA's certificate as tls.caFile in the context.",
        'Check that the host name is in the certificate.',
      ],
      cause: error,
    });
  }
  if (/before secure TLS connection was established|wrong version number/.test(message)) {
    return new Failure('config', `${target.address.shown} does not speak TLS`, {
      broker: said,
      hints: ['Use kafka:// for a listener without TLS.'],
      cause: error,
    });
  }
  if (/Closed connection|closed by the server/.test(message)) return closedEarly(target, said);
  if (/timeout|timed out/i.test(message)) return timedOut(target, `connecting to ${where}`);
  return unreachable(target, said, error);
}

/** True for a connection that the server took and then closed. */
export function isClosing(error: unknown): boolean {
  if (error instanceof Failure) return error.cause instanceof TransientError && error.cause.code === null;
  return /Closed connection|closed by the server|ECONNRESET/.test(partsOf(error).message);
}

/** The failure of speaking in clear to a listener that has been seen to speak TLS. */
export function wantsTls(target: Target, where: string, error: unknown): Failure {
  const {message} = partsOf(error);
  return new Failure('config', `${target.address.shown} wants TLS`, {
    broker: `${where}: closed the connection in clear (${message}), and finishes a TLS handshake`,
    hints: ["Use kafka+tls:// in the URL, and give the CA's certificate as tls.caFile in the context."],
    cause: error,
  });
}

/** A server closes without a word when it is spoken to in the wrong way: in clear, in TLS, or without a login. */
function closedEarly(target: Target, said: string): Failure {
  return new Failure('unreachable', `${target.address.shown} closed the connection`, {
    broker: said,
    hints: [
      'The listener may want TLS (kafka+tls://) or a login (?sasl=scram-sha-256).',
      'Check that the port is a Kafka listener, and not the controller.',
    ],
  });
}

/** The failure of a request that was sent on an open connection; a lost connection is worth another try. */
export function requestFailure(target: Target, doing: string, error: unknown): Failure {
  if (error instanceof Failure) return error;
  const {name, message} = partsOf(error);
  if (name === 'KafkaJSRequestTimeoutError') return timedOut(target, doing);
  return new Failure('unreachable', `The connection to ${target.address.shown} was lost: ${doing}`, {
    broker: message,
    hints: ['Try again; a broker may be restarting.'],
    cause: new TransientError(message, null),
  });
}
