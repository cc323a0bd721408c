import {Kafka, logLevel} from 'kafkajs';
import type {KafkaConfig, SASLOptions} from 'kafkajs';
import type {Socket} from 'node:net';
import {Failure} from '../../../model/failure.ts';
import type {Target} from '../../../model/target.ts';

/*
 * The private way into kafkajs 2.2.4, which is pinned: its sockets, TLS, SASL, correlation ids and request time-outs are
 * used, its request codecs are not (they know no topic ids, no group types, and no more than one group a request).
 */

/** One of the two sockets that kafkajs keeps for a broker. */
export interface Connection {
  readonly host: string;
  readonly port: number;
  readonly clientId: string;
  readonly sasl: object | null;
  readonly socket: Socket | undefined;
  readonly requestQueue: RequestQueue;
  isConnected(): boolean;
  isAuthenticated(): boolean;
  connect(): Promise<unknown>;
  /** Does nothing without SASL. */
  authenticate(): Promise<void>;
  nextCorrelationId(): number;
}

export interface RequestQueue {
  readonly pending: readonly unknown[];
  scheduleCheckPendingRequests(): void;
  push(request: {
    readonly entry: {
      readonly apiKey: number;
      readonly apiName: string;
      readonly apiVersion: number;
      readonly correlationId: number;
      readonly resolve: (answer: {readonly payload: Buffer}) => void;
      readonly reject: (error: Error) => void;
    };
    readonly expectResponse: boolean;
    /** Raises the queue's own limit, never lowers it. */
    readonly requestTimeout: number;
    readonly sendRequest: () => void;
  }): void;
  rejectAll(error: Error): void;
  destroy(): void;
}

export interface Pool {
  readonly pool: readonly Connection[];
  setVersions(versions: Readonly<Record<number, {minVersion: number; maxVersion: number}>>): void;
  setSupportAuthenticationProtocol(supported: boolean): void;
}

export type PoolBuilder = (host: string, port: number) => Promise<Pool>;

interface PrivateCluster {
  readonly connectionPoolBuilder: {build(where: {host: string; port: number}): Promise<Pool>};
}

/** Makes pools of unconnected sockets with the target's TLS, SASL and time limit. @throws {Failure} `usage` on the URL's `sasl` */
export function poolBuilder(target: Target): PoolBuilder {
  const sasl = saslOf(target);
  const config: KafkaConfig = {
    clientId: 'brokerctl',
    brokers: [],
    connectionTimeout: target.timeoutMs,
    requestTimeout: target.timeoutMs,
    authenticationTimeout: target.timeoutMs,
    retry: {retries: 0},
    logLevel: logLevel.NOTHING,
    ...(target.tls && {ssl: tlsOf(target.tls)}),
    ...(sasl && {sasl}),
  };
  const kafka = new Kafka(config);
  const way = Object.getOwnPropertySymbols(kafka).find(one => one.description === 'private:Kafka:createCluster');
  const create = way && (kafka as unknown as Record<symbol, (options: object) => PrivateCluster>)[way];
  if (!create) throw new Error('kafkajs has no private:Kafka:createCluster: brokerctl needs exactly 2.2.4');
  const {connectionPoolBuilder} = create({});
  return async (host, port) => {
    const pool = await connectionPoolBuilder.build({host, port});
    for (const {requestQueue} of pool.pool) calm(requestQueue);
    return pool;
  };
}

/** An idle queue of kafkajs arms a timer of about 1 ms for ever (3 % of a core): it need not, with nothing pending. */
function calm(queue: RequestQueue): void {
  const schedule = queue.scheduleCheckPendingRequests.bind(queue);
  queue.scheduleCheckPendingRequests = () => {
    if (queue.pending.length > 0) schedule();
  };
}

function tlsOf(tls: NonNullable<Target['tls']>): Exclude<KafkaConfig['ssl'], boolean | undefined> {
  return {
    ...(tls.ca !== undefined && {ca: [tls.ca]}),
    ...(tls.cert !== undefined && {cert: tls.cert}),
    ...(tls.key !== undefined && {key: tls.key.reveal()}),
    ...(tls.serverName !== undefined && {servername: tls.serverName}),
    rejectUnauthorized: tls.insecure !== true,
  };
}

function saslOf(target: Target): SASLOptions | null {
  const {username, password, token} = target.credentials;
  const asked = target.address.query.get('sasl');
  const mechanism = asked ?? (token ? 'oauthbearer' : username === undefined ? null : 'plain');
  switch (mechanism) {
    case null:
      return null;
    case 'plain':
    case 'scram-sha-256':
    case 'scram-sha-512':
      if (username === undefined || !password) {
        throw new Failure('config', `SASL ${mechanism} to ${target.name} needs a user name and a password`, {
          hints: ['Set auth.username and auth.passwordFile, passwordEnv or passwordCommand in the context.'],
        });
      }
      return {mechanism, username, password: password.reveal()};
    case 'oauthbearer':
      if (!token) {
        throw new Failure('config', `SASL oauthbearer to ${target.name} needs a token`, {
          hints: ['Set auth.tokenFile, tokenEnv or tokenCommand in the context.'],
        });
      }
      return {mechanism, oauthBearerProvider: async () => ({value: token.reveal()})};
    default:
      throw new Failure('usage', `"${mechanism}" is not a SASL mechanism that brokerctl speaks`, {
        hints: ['Use sasl=plain, scram-sha-256, scram-sha-512 or oauthbearer.'],
      });
  }
}
