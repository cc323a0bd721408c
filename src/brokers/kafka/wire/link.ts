import {setMaxListeners} from 'node:events';
import {interrupted, stopIfAborted, timedOut} from '../../errors.ts';
import {Failure} from '../../../model/failure.ts';
import type {Target} from '../../../model/target.ts';
import {apiVersions} from './api-versions.ts';
import {negotiate} from './api.ts';
import type {Api, VersionRange} from './api.ts';
import {connectFailure, isClosing, requestFailure, wantsTls} from './connect-failure.ts';
import type {Connection, Pool, PoolBuilder} from './kafkajs-pool.ts';
import {speaksTls} from './tls-probe.ts';
import {WireReader} from './wire-reader.ts';
import {WireWriter} from './wire-writer.ts';

const saslAuthenticateKey = 36;

export interface SendOptions {
  /** How long the server was asked to hold its answer back, on top of the target's limit. */
  readonly waitMs?: number;
  /** Long requests have a socket of their own, so that nothing waits behind them: a server answers a socket in order. */
  readonly lane?: 'bulk';
}

/** The connection to one server: two sockets, opened when first needed and opened again after they were lost. */
export class Link {
  readonly where: string;
  readonly #host: string;
  readonly #port: number;
  readonly #target: Target;
  readonly #pool: Pool;
  readonly #opening = new Map<Connection, Promise<Connection>>();
  #versions: ReadonlyMap<number, VersionRange> | null = null;
  #closed = false;

  private constructor(target: Target, host: string, port: number, pool: Pool) {
    this.#target = target;
    this.#host = host;
    this.#port = port;
    this.where = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
    this.#pool = pool;
  }

  /** Connects, learns the API versions and logs in. @throws {Failure} `unreachable`, `denied`, `config`, `tryAgain` */
  static async open(
    target: Target,
    build: PoolBuilder,
    host: string,
    port: number,
    signal: AbortSignal,
  ): Promise<Link> {
    const link = new Link(target, host, port, await build(host, port));
    try {
      await link.#ready(0, signal);
      return link;
    } catch (error) {
      link.close();
      throw error;
    }
  }

  /** The version of an API to use here, `null` when this server and we share none. */
  version(api: Api<never, unknown>): number | null {
    return negotiate(api.versions, this.#versions?.get(api.key));
  }

  /**
   * Sends one request and reads its answer. Several may be under way at once; the server answers them in order.
   * @throws {Failure} `unsupported` with no version in common, `unreachable` (passing) when the connection is lost,
   * `tryAgain` with no answer in time, `data` for an answer that cannot be read
   */
  async send<Request, Response>(
    api: Api<Request, Response>,
    request: Request,
    signal: AbortSignal,
    options: SendOptions = {},
  ): Promise<Response> {
    const version = this.version(api) ?? this.#unsupported(api);
    const connection = await this.#ready((options.lane ?? api.lane) === 'bulk' ? 1 : 0, signal);
    const {answer, sent} = await this.#exchange(connection, api, version, request, signal, options.waitMs ?? 0);
    const flexible = version >= api.flexibleFrom;
    const input = new WireReader(answer, flexible);
    input.tags();
    const response = api.decode(input, version);
    sent.done(answer.length);
    return response;
  }

  /** False when the connection was lost and cannot be made again. */
  async usable(signal: AbortSignal): Promise<boolean> {
    try {
      await this.#ready(0, signal);
      return true;
    } catch (error) {
      stopIfAborted(signal);
      if (error instanceof Failure) return false;
      throw error;
    }
  }

  close(): void {
    this.#closed = true;
    const gone = new Error('closed');
    for (const {requestQueue, socket} of this.#pool.pool) {
      requestQueue.rejectAll(gone);
      requestQueue.destroy();
      // The error makes kafkajs clear the timer of a connection that was still being made.
      socket?.destroy(gone);
    }
  }

  async #ready(slot: 0 | 1, signal: AbortSignal): Promise<Connection> {
    stopIfAborted(signal);
    const connection = this.#pool.pool[slot];
    if (!connection || this.#closed) throw requestFailure(this.#target, this.where, new Error('closed'));
    if (connection.isConnected() && (connection.sasl === null || connection.isAuthenticated())) return connection;
    let opening = this.#opening.get(connection);
    if (!opening) {
      opening = this.#connect(connection).finally(() => this.#opening.delete(connection));
      this.#opening.set(connection, opening);
    }
    return orAborted(opening, signal);
  }

  async #connect(connection: Connection): Promise<Connection> {
    const limit = AbortSignal.timeout(this.#target.timeoutMs);
    const started = performance.now();
    const traceEnd = (how: string) =>
      this.#target.trace?.(`kafka connect to ${this.where}: ${how}, ${(performance.now() - started).toFixed(1)} ms`);
    try {
      await connection.connect();
      // kafkajs does not listen for `close`, and would leave requests on a destroyed socket to their time-out.
      connection.socket?.once('close', () => connection.requestQueue.rejectAll(new Error('Closed connection')));
      if (!this.#versions) {
        const {answer, sent} = await this.#exchange(connection, apiVersions, 0, {}, limit, 0);
        const {versions} = apiVersions.decode(new WireReader(answer, false), 0);
        sent.done(answer.length);
        this.#versions = versions;
        this.#pool.setVersions(
          Object.fromEntries([...versions].map(([key, {min, max}]) => [key, {minVersion: min, maxVersion: max}])),
        );
        this.#pool.setSupportAuthenticationProtocol(versions.has(saslAuthenticateKey));
      }
      // kafkajs has no time limit for a login of its own.
      await orAborted(connection.authenticate(), limit);
      traceEnd(`open${this.#target.tls ? ', TLS' : ''}${connection.sasl ? ', logged in' : ''}`);
      return connection;
    } catch (error) {
      traceEnd(error instanceof Error ? error.message : String(error));
      if (limit.aborted) throw timedOut(this.#target, `connecting to ${this.where}`);
      if (await this.#wantsTls(error)) throw wantsTls(this.#target, this.where, error);
      throw connectFailure(this.#target, this.where, error);
    }
  }

  /** A TLS listener closes when it is spoken to in clear, as others do for other reasons: a handshake tells them apart. */
  async #wantsTls(error: unknown): Promise<boolean> {
    if (this.#target.tls || this.#versions || !isClosing(error)) return false;
    return speaksTls(this.#host, this.#port, Math.min(this.#target.timeoutMs, 3000));
  }

  /**
   * Puts a request of ours on the connection's queue. Request header 2 and response header 1, with tags, belong to flexible
   * versions.
   */
  async #exchange<Request>(
    connection: Connection,
    api: Api<Request, unknown>,
    version: number,
    request: Request,
    signal: AbortSignal,
    waitMs: number,
  ): Promise<{answer: Buffer; sent: {done(bytes: number): void}}> {
    const correlationId = connection.nextCorrelationId();
    const body = new WireWriter(version >= api.flexibleFrom);
    api.encode(body, request, version);
    const parts = withHeader(body, api.key, version, correlationId, connection.clientId);
    const doing = `${api.name} v${version} to ${this.where}`;
    const started = performance.now();
    try {
      const answer = await orAborted(
        new Promise<Buffer>((resolve, reject) => {
          connection.requestQueue.push({
            entry: {
              apiKey: api.key,
              apiName: api.name,
              apiVersion: version,
              correlationId,
              resolve: ({payload}) => resolve(payload),
              reject,
            },
            expectResponse: true,
            requestTimeout: this.#target.timeoutMs + waitMs,
            sendRequest: () => {
              const {socket} = connection;
              socket?.cork();
              for (const part of parts) socket?.write(part);
              socket?.uncork();
            },
          });
        }),
        signal,
      );
      const done = (bytes: number) =>
        this.#target.trace?.(
          `kafka ${doing}: ${sizeOf(parts)} bytes out, ${bytes} in, ${(performance.now() - started).toFixed(1)} ms`,
        );
      return {answer, sent: {done}};
    } catch (error) {
      this.#target.trace?.(`kafka ${doing}: ${error instanceof Error ? error.message : String(error)}`);
      throw requestFailure(this.#target, doing, error);
    }
  }

  #unsupported(api: Api<never, unknown>): never {
    const server = this.#versions?.get(api.key);
    const theirs = server ? `versions ${server.min} to ${server.max}` : 'not at all';
    throw new Failure('unsupported', `${this.where} does not speak ${api.name} as brokerctl does`, {
      broker: `${api.name}: the broker speaks ${theirs}, brokerctl ${api.versions.min} to ${api.versions.max}`,
      hints: ['brokerctl speaks to Apache Kafka 1.0 and newer.'],
    });
  }
}

function withHeader(body: WireWriter, key: number, version: number, correlationId: number, clientId: string): Buffer[] {
  const header = new WireWriter(false);
  header.int16(key);
  header.int16(version);
  header.int32(correlationId);
  header.string(clientId);
  if (body.flexible) header.int8(0);
  const parts = [...header.parts(), ...body.parts()];
  const size = Buffer.allocUnsafe(4);
  size.writeInt32BE(sizeOf(parts));
  return [size, ...parts];
}

function sizeOf(parts: readonly Buffer[]): number {
  return parts.reduce((sum, part) => sum + part.length, 0);
}

/** The promise's result, or the signal's reason as soon as it fires. */
function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const stop = () => reject(signal.reason instanceof Failure ? signal.reason : interrupted());
    if (signal.aborted) {
      promise.catch(() => undefined);
      return stop();
    }
    // One signal stops a whole command, with as many requests under way as there are servers and questions.
    setMaxListeners(0, signal);
    signal.addEventListener('abort', stop, {once: true});
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
