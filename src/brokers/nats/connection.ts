import {readFileSync} from 'node:fs';
import {connect, credsAuthenticator} from 'nats';
import type {ConnectionOptions, NatsConnection} from 'nats';
import {Failure} from '../../model/failure.ts';
import type {Target} from '../../model/target.ts';
import {interrupted, stopIfAborted} from '../errors.ts';
import {connectFailure} from './nats-failure.ts';

const defaultPort = 4222;

/** Connects with what the target says of login and TLS. @throws {Failure} `unreachable`, `denied`, `config`, `tryAgain` */
export async function openConnection(target: Target, signal: AbortSignal): Promise<NatsConnection> {
  stopIfAborted(signal);
  const connecting = connect(optionsOf(target));
  const stopped = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(interrupted()), {once: true});
  });
  try {
    return await Promise.race([connecting, stopped]);
  } catch (error) {
    // A connection that comes about after the signal is closed again.
    void connecting.then(
      link => link.close(),
      () => undefined,
    );
    stopIfAborted(signal);
    throw connectFailure(target, error);
  }
}

function optionsOf(target: Target): ConnectionOptions {
  const {address, credentials, tls, timeoutMs} = target;
  const credsFile = credentials.credsFile ?? address.query.get('creds');
  const token = credentials.token?.reveal();
  return {
    name: 'brokerctl',
    servers: address.hosts.map(({host, port}) => `${host.includes(':') ? `[${host}]` : host}:${port ?? defaultPort}`),
    timeout: timeoutMs,
    maxReconnectAttempts: 5,
    reconnectTimeWait: 500,
    noAsyncTraces: true,
    ...(credsFile === undefined ? {} : {authenticator: credsAuthenticator(readCreds(credsFile))}),
    ...(token === undefined ? {} : {token}),
    ...(credentials.username === undefined ? {} : {user: credentials.username}),
    ...(credentials.password === undefined ? {} : {pass: credentials.password.reveal()}),
    ...(tls === null ? {} : {tls: tlsOf(tls)}),
  };
}

function tlsOf(tls: NonNullable<Target['tls']>): NonNullable<ConnectionOptions['tls']> {
  const options = {
    ...(tls.ca === undefined ? {} : {ca: tls.ca}),
    ...(tls.cert === undefined ? {} : {cert: tls.cert}),
    ...(tls.key === undefined ? {} : {key: tls.key.reveal()}),
    // Passed on to node:tls, which knows both.
    ...(tls.serverName === undefined ? {} : {servername: tls.serverName}),
    ...(tls.insecure === true ? {rejectUnauthorized: false} : {}),
  };
  return options;
}

function readCreds(file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new Failure('config', `Could not read the creds file ${file}`, {
      broker: error instanceof Error ? error.message : String(error),
      hints: ['Check the path: ?creds=FILE in the URL, or credsFile in the context.'],
      cause: error,
    });
  }
}
