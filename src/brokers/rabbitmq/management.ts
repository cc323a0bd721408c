import {Agent as HttpAgent, request as httpRequest} from 'node:http';
import type {IncomingMessage} from 'node:http';
import {Agent as HttpsAgent, request as httpsRequest} from 'node:https';
import {Failure} from '../../model/failure.ts';
import type {Target} from '../../model/target.ts';
import {interrupted, stopIfAborted, timedOut} from '../errors.ts';

/**
 * The management HTTP API, read only. It is asked over `node:http` and not `fetch`: `fetch` takes no certificate
 * authority of ours, and loading it costs more than a request.
 */
export interface Management {
  /** `http://host:15672`, without a login. */
  readonly url: string;
  /**
   * One request. `path` holds the words after `/api/`, each still to be percent-encoded.
   * @throws {Failure} `notFound`, `denied`, `unreachable`, `tryAgain`, `config` (TLS), `interrupted`
   */
  get(path: readonly string[], query: Readonly<Record<string, string>>, signal: AbortSignal): Promise<unknown>;
  close(): void;
}

/**
 * Where the management API is to be looked for, most likely first: the URL's `management=`, else the default port of each
 * host. A connection with TLS has no default without it: the password is not sent in the clear.
 * @throws {Failure} `usage`
 */
export function managementUrls(target: Target): readonly URL[] {
  const {hosts, query} = target.address;
  const stated = query.get('management');
  if (stated === undefined) {
    const names = hosts.length === 0 ? ['localhost'] : hosts.map(({host}) => (host.includes(':') ? `[${host}]` : host));
    return names.map(name => new URL(target.tls ? `https://${name}:15671` : `http://${name}:15672`));
  }
  const url = URL.canParse(stated) ? new URL(stated) : null;
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new Failure('usage', 'The URL of the management API is not one: management=', {
      hints: ['Write management=http://host:15672, or https:// for TLS.'],
    });
  }
  if (url.username || url.password) {
    throw new Failure('usage', 'The URL of the management API must not hold a login', {
      hints: ["Leave it out of management=: the connection's own login is used."],
    });
  }
  return [url];
}

/** A client of the API at `url`. Nothing is sent yet. */
export function management(url: URL, target: Target, timeoutMs: number): Management {
  const {credentials, tls} = target;
  const base = url.href.replace(/\/+$/, '');
  const login = `${credentials.username ?? 'guest'}:${credentials.password?.reveal() ?? (credentials.username === undefined ? 'guest' : '')}`;
  const authorization = `Basic ${Buffer.from(login).toString('base64')}`;
  const secure = url.protocol === 'https:';
  const agent = secure
    ? new HttpsAgent({
        keepAlive: true,
        ...(tls?.ca === undefined ? {} : {ca: tls.ca}),
        ...(tls?.cert === undefined ? {} : {cert: tls.cert}),
        ...(tls?.key === undefined ? {} : {key: tls.key.reveal()}),
        ...(tls?.serverName === undefined ? {} : {servername: tls.serverName}),
        ...(tls?.insecure === true ? {rejectUnauthorized: false} : {}),
      })
    : new HttpAgent({keepAlive: true});

  async function get(
    path: readonly string[],
    query: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<unknown> {
    stopIfAborted(signal);
    const words = `/api/${path.map(encodeURIComponent).join('/')}`;
    const asked = `${words}${Object.keys(query).length === 0 ? '' : `?${new URLSearchParams(query).toString()}`}`;
    const limit = AbortSignal.timeout(timeoutMs);
    const started = performance.now();
    try {
      for (let tries = 1; ; tries++) {
        const {status, text} = await send(`${base}${asked}`, AbortSignal.any([signal, limit]));
        target.trace?.(`management GET ${asked} ${status} ${text.length} characters ${elapsed(started)} ms`);
        // A listing fails, or breaks off, when a queue goes away while it is written: the next one has no such queue.
        const answer = parsed(text);
        if (tries === 3 || !isBroken(status, text, answer)) return answerOf(status, text, answer, asked);
      }
    } catch (error) {
      if (error instanceof Failure) throw error;
      if (signal.aborted) throw signal.reason instanceof Failure ? signal.reason : interrupted();
      target.trace?.(`management GET ${asked} failed after ${elapsed(started)} ms: ${saidBy(error)}`);
      if (limit.aborted) throw timedOut(target, `GET ${words} of the management API`);
      throw connectionFailure(base, error);
    }
  }

  function send(address: string, signal: AbortSignal): Promise<{status: number; text: string}> {
    return new Promise((resolve, reject) => {
      const options = {agent, signal, headers: {authorization, accept: 'application/json'}};
      const receive = (answer: IncomingMessage): void => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('error', reject);
        answer.on('end', () => resolve({status: answer.statusCode ?? 0, text: Buffer.concat(chunks).toString()}));
      };
      const request = secure ? httpsRequest(address, options, receive) : httpRequest(address, options, receive);
      request.on('error', reject);
      request.end();
    });
  }

  function answerOf(status: number, text: string, answer: unknown, asked: string): unknown {
    if (status === 200 && answer !== undefined) return answer;
    const said = `${status} ${reasonIn(answer) ?? text.slice(0, 200)}`.trim();
    if (status === 404 && answer !== undefined)
      throw new Failure('notFound', `The management API has no ${asked}`, {broker: said});
    // The API answers 401 both to a wrong login and to a missing right.
    if (status === 401 || status === 403) {
      throw new Failure('denied', `The management API at ${base} refused ${credentials.username ?? 'guest'}`, {
        broker: said,
        hints: ['The user needs the tag "monitoring": rabbitmqctl set_user_tags USER monitoring'],
      });
    }
    if (answer === undefined && !isBroken(status, text, answer)) {
      throw new Failure('unreachable', `${base} is not a RabbitMQ management API`, {
        broker: said,
        hints: ['Say where it is: amqp://host/vhost?management=http://host:15672'],
      });
    }
    throw new Failure('tryAgain', `The management API could not answer GET ${asked}`, {broker: said});
  }

  return {url: base, get, close: () => agent.destroy()};
}

function elapsed(since: number): number {
  return Math.round(performance.now() - since);
}

/** The server failed while it answered: an error of its own, or JSON that ends too early. */
function isBroken(status: number, text: string, answer: unknown): boolean {
  return status >= 500 || (status === 200 && answer === undefined && /^\s*[[{]/.test(text));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function reasonIn(answer: unknown): string | null {
  if (typeof answer !== 'object' || answer === null || !('reason' in answer)) return null;
  return typeof answer.reason === 'string' ? answer.reason : JSON.stringify(answer.reason);
}

/** An error with no text of its own, as one of several addresses at once, has a code. */
function saidBy(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return error instanceof Error && error.message !== '' ? error.message : code || String(error);
}

function connectionFailure(base: string, error: unknown): Failure {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (/CERT|SIGNATURE|ISSUER|^ERR_TLS|^ERR_SSL|EPROTO/.test(code)) {
    return new Failure('config', `TLS with the management API at ${base} failed`, {
      broker: `${saidBy(error)} (${code})`,
      hints: ["Give the server's CA with tls.ca in the context, or say management=http://… when it has no TLS."],
      cause: error,
    });
  }
  return new Failure('unreachable', `Could not connect to the management API at ${base}`, {
    broker: saidBy(error),
    hints: ['Enable it: rabbitmq-plugins enable rabbitmq_management. Say where it is: ?management=http://host:15672'],
    cause: error,
  });
}
