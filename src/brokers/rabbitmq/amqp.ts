import {connect as open} from 'amqplib';
import type {Channel, ChannelModel, ConfirmChannel} from 'amqplib';
import {Failure} from '../../model/failure.ts';
import type {Host} from '../../model/address.ts';
import type {Target} from '../../model/target.ts';
import {interrupted, stopIfAborted, timedOut} from '../errors.ts';
import {connectFailure, replyCode, requestFailure} from './amqp-failure.ts';
import {agreedFrameMax, endSocket, keepRawProperties} from './wire.ts';

/** What a passive declare tells: live on every queue type, but never the messages in flight. */
export interface QueueCounts {
  readonly ready: number;
  readonly consumers: number;
}

/** One AMQP connection. Disposing of it twice is harmless; whatever its channels hold unsettled goes back to the queues. */
export interface AmqpLink extends AsyncDisposable {
  /** The host that answered, of those in the URL. */
  readonly host: Host;
  readonly product: string;
  readonly version: string | null;
  readonly cluster: string | null;
  /** The server's reason for not reading what we publish (an alarm), `null` while it reads. */
  readonly blocked: string | null;
  /** The most bytes of one frame, as agreed with the server. */
  readonly frameMax: number;
  /** A new channel. A refused request closes its channel, so one is never shared between unrelated pieces of work. */
  channel(signal: AbortSignal): Promise<Channel>;
  confirmChannel(signal: AbortSignal): Promise<ConfirmChannel>;
  /**
   * Waits for an answer no longer than the target's timeout, and not after the signal. `doing` completes "Could not …".
   * @throws {Failure} by the server's reply code; `tryAgain` without an answer; `interrupted`
   */
  within<T>(doing: string, work: Promise<T>, signal: AbortSignal): Promise<T>;
  /** The Failure that an error of the client library stands for; the connection's own end explains what it cut short. */
  failure(doing: string, error: unknown): Failure;
  /** The Failure of a wait that was too long. */
  silence(doing: string): Failure;
  /** Passive declares of many queues, each answered or failed by itself (`notFound` where there is none). */
  count(queues: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, QueueCounts | Failure>>;
}

/**
 * Connects to the first host of the URL that answers.
 * @throws {Failure} `denied` (login), `notFound` (vhost), `config` (TLS), `unreachable`, `tryAgain` (silence), `interrupted`
 */
export async function connect(target: Target, signal: AbortSignal): Promise<AmqpLink> {
  const hosts = target.address.hosts.length > 0 ? target.address.hosts : [{host: 'localhost', port: null}];
  let failure: Failure | null = null;
  for (const host of hosts) {
    try {
      return link(target, host, await openOne(target, host, signal));
    } catch (error) {
      failure = connectFailure(target, error);
      if (failure.kind !== 'unreachable' && failure.kind !== 'tryAgain') break;
    }
  }
  throw failure ?? interrupted();
}

async function openOne(target: Target, {host, port}: Host, signal: AbortSignal): Promise<ChannelModel> {
  stopIfAborted(signal);
  const {credentials, tls, address} = target;
  // Ends the socket while it is being opened; it is let go of once the connection is up.
  const socket = new AbortController();
  const stop = (): void => socket.abort(interrupted());
  signal.addEventListener('abort', stop, {once: true});
  const timer = setTimeout(() => socket.abort(timedOut(target, 'connect')), target.timeoutMs);
  try {
    target.trace?.(`amqp connect ${host}:${port ?? 'default port'}${tls ? ' with TLS' : ''}`);
    const settings = {
      // Not among the client library's declared options, but it hands all of them to the socket.
      signal: socket.signal,
      noDelay: true,
      clientProperties: {connection_name: 'brokerctl'},
      ...(tls?.ca === undefined ? {} : {ca: [tls.ca]}),
      ...(tls?.cert === undefined ? {} : {cert: tls.cert}),
      ...(tls?.key === undefined ? {} : {key: tls.key.reveal()}),
      ...(tls?.serverName === undefined ? {} : {servername: tls.serverName}),
      ...(tls?.insecure === true ? {rejectUnauthorized: false} : {}),
    };
    const model = await open(
      {
        protocol: tls ? 'amqps' : 'amqp',
        hostname: host,
        ...(port === null ? {} : {port}),
        username: credentials.username ?? 'guest',
        password: credentials.password?.reveal() ?? (credentials.username === undefined ? 'guest' : ''),
        // The client library decodes the vhost once more.
        vhost: encodeURIComponent(address.path || '/'),
        frameMax: 131_072,
        heartbeat: 10,
      },
      settings,
    );
    // An error event that nobody listens to would end the process.
    model.on('error', () => undefined);
    keepRawProperties(model.connection);
    return model;
  } catch (error) {
    throw socket.signal.aborted ? socket.signal.reason : error;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
  }
}

function link(target: Target, host: Host, model: ChannelModel): AmqpLink {
  const server = model.connection.serverProperties;
  let lost: unknown = null;
  let closed = false;
  let blocked: string | null = null;
  model.on('error', (error: unknown) => (lost ??= error));
  model.on('close', (error: unknown) => {
    closed = true;
    lost ??= error;
    target.trace?.(`amqp connection closed${lost instanceof Error ? `: ${lost.message}` : ''}`);
  });
  model.on('blocked', (reason: string) => (blocked = reason));
  model.on('unblocked', () => (blocked = null));

  async function within<T>(doing: string, work: Promise<T>, signal: AbortSignal): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    let stop: (() => void) | undefined;
    const limit = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(silence(doing)), target.timeoutMs);
      stop = () => reject(signal.reason instanceof Failure ? signal.reason : interrupted());
      if (signal.aborted) stop();
      else signal.addEventListener('abort', stop, {once: true});
    });
    try {
      return await Promise.race([work, limit]);
    } catch (error) {
      // The request's own error is only "channel ended" when the whole connection was closed: the cause is in `lost`.
      throw requestFailure(
        target,
        doing,
        replyCode(error) === null && !(error instanceof Failure) ? (lost ?? error) : error,
      );
    } finally {
      clearTimeout(timer);
      if (stop) signal.removeEventListener('abort', stop);
    }
  }

  // The request's own error is only "channel ended" when the whole connection was closed: the cause is in `lost`.
  const failure = (doing: string, error: unknown): Failure =>
    requestFailure(target, doing, replyCode(error) === null && !(error instanceof Failure) ? (lost ?? error) : error);

  const silence = (doing: string): Failure =>
    blocked === null
      ? timedOut(target, doing)
      : new Failure('tryAgain', `${target.name} takes no messages now`, {
          broker: blocked,
          hints: ['A memory or disk alarm is on: see rabbitmq-diagnostics check_alarms.'],
        });

  async function quiet<T extends Channel>(opening: Promise<T>, signal: AbortSignal): Promise<T> {
    const channel = await within('open a channel', opening, signal);
    channel.on('error', () => undefined);
    return channel;
  }

  async function channel(signal: AbortSignal): Promise<Channel> {
    return quiet(
      Promise.resolve().then(() => model.createChannel()),
      signal,
    );
  }

  return {
    host,
    product: server.product,
    version: server.version || null,
    cluster: server['cluster_name'] ?? null,
    get blocked() {
      return blocked;
    },
    frameMax: agreedFrameMax(model.connection),
    within,
    failure,
    silence,
    channel,
    confirmChannel: signal =>
      quiet(
        Promise.resolve().then(() => model.createConfirmChannel()),
        signal,
      ),
    async count(queues, signal) {
      const counts = new Map<string, QueueCounts | Failure>();
      let probe: Channel | null = null;
      for (const queue of queues) {
        probe ??= await channel(signal);
        try {
          const found = await within(`count "${queue}"`, probe.checkQueue(queue), signal);
          counts.set(queue, {ready: found.messageCount, consumers: found.consumerCount});
        } catch (error) {
          // The server closed the channel with its refusal, or it may still answer for this queue: go on with a new one.
          if (!(error instanceof Failure) || closed || signal.aborted) throw error;
          counts.set(queue, error);
          probe = null;
        }
      }
      await probe?.close();
      return counts;
    },
    async [Symbol.asyncDispose]() {
      if (closed) return;
      // A server that is dead, or reads nothing because of an alarm, does not answer.
      let timer: NodeJS.Timeout | undefined;
      const limit = new Promise<void>(resolve => (timer = setTimeout(resolve, Math.min(target.timeoutMs, 2000))));
      await Promise.race([model.close().catch(() => undefined), limit]);
      clearTimeout(timer);
      if (!closed) endSocket(model.connection);
    },
  };
}
