import {setMaxListeners} from 'node:events';
import type {Msg, NatsConnection} from 'nats';
import {Failure} from '../../model/failure.ts';
import type {Target} from '../../model/target.ts';
import {interrupted, noDestination, stopIfAborted} from '../errors.ts';
import {apiFailure, requestFailure} from './nats-failure.ts';
import type {ApiError} from './nats-failure.ts';
import {Refusals} from './refusals.ts';

/**
 * JetStream's API: JSON requests on subjects under `$JS.API`, or under the prefix that a domain or an import gives it. A
 * server of 2.15 refuses fields that it does not know, and an old one ignores them, so callers look at `isAtLeast` first.
 */
export class JetStreamApi {
  readonly link: NatsConnection;
  readonly target: Target;
  readonly prefix: string;
  readonly refusals: Refusals;

  constructor(link: NatsConnection, target: Target) {
    const {query} = target.address;
    const domain = query.get('domain');
    this.link = link;
    this.refusals = new Refusals(link);
    this.target = target;
    this.prefix = query.get('prefix') ?? (domain === undefined ? '$JS.API' : `$JS.${domain}.API`);
  }

  /** @throws {Failure} of what the server refused, or why it did not answer; `doing` completes "Could not …" */
  async request(path: string, body: object | null, doing: string, signal: AbortSignal): Promise<unknown> {
    const answer = (await this.#ask(path, body, doing, signal)).json<{error?: ApiError}>();
    if (answer.error) throw apiFailure(this.target, doing, answer.error);
    return answer;
  }

  /** All pages of a listing; the page size is the server's, and its `limit` tells it. */
  async pages<T extends {readonly total?: number; readonly limit?: number}>(
    path: string,
    doing: string,
    signal: AbortSignal,
  ): Promise<readonly T[]> {
    const all: T[] = [];
    for (let offset = 0; ;) {
      const page = (await this.request(path, {offset}, doing, signal)) as T;
      all.push(page);
      // By the limit and never by what came: a page lacks what did not answer.
      offset += page.limit ?? 0;
      if ((page.limit ?? 0) <= 0 || offset >= (page.total ?? 0)) return all;
    }
  }

  isAtLeast(major: number, minor: number): boolean {
    const [ourMajor = 0, ourMinor = 0] = (this.link.info?.version ?? '')
      .split('.')
      .map(part => Number.parseInt(part, 10));
    return ourMajor > major || (ourMajor === major && ourMinor >= minor);
  }

  async #ask(path: string, body: object | null, doing: string, signal: AbortSignal): Promise<Msg> {
    stopIfAborted(signal);
    const payload = body === null ? '' : JSON.stringify(body);
    const subject = `${this.prefix}.${path}`;
    this.target.trace?.(`nats request ${subject}`);
    try {
      return await untilAborted(this.link.request(subject, payload, {timeout: this.target.timeoutMs}), signal);
    } catch (error) {
      stopIfAborted(signal);
      throw requestFailure(this.target, doing, error);
    }
  }
}

/** The outcome of work, or `interrupted` as soon as the signal fires. */
export function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(interrupted());
    // Many requests wait at the same time for one signal.
    setMaxListeners(0, signal);
    signal.addEventListener('abort', stop, {once: true});
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

/** Names become part of a subject: one with a dot or a wildcard would ask something else. */
export function isName(name: string): boolean {
  return /^[^\s.*>/\\]+$/.test(name);
}

/** @throws {Failure} `notFound` */
export function requireName(target: Target, name: string): void {
  if (!isName(name)) throw noDestination(target, 'stream', name);
}

export function isNotFound(error: unknown): boolean {
  return error instanceof Failure && error.kind === 'notFound';
}
