import {Failure} from '../../model/failure.ts';
import type {NameFilter} from '../../model/name-filter.ts';
import {noDestination, stopIfAborted} from '../errors.ts';
import {isName, isNotFound, requireName} from './api.ts';
import type {JetStreamApi} from './api.ts';
import type {StreamRecord} from './records.ts';

/** Up to so many named streams are asked one by one; more are cheaper to list with all the others. */
const askedOneByOne = 64;

/** A stream's record, or why its leader did not give it. */
export interface FoundStream {
  readonly name: string;
  readonly record: StreamRecord | null;
  readonly problem: string | null;
}

/** The streams of the account that are meant, in the order of their names; one whose leader is gone has a problem. */
export async function listStreams(
  api: JetStreamApi,
  names: NameFilter,
  signal: AbortSignal,
): Promise<readonly FoundStream[]> {
  const found =
    names.exact !== null && names.exact.length <= askedOneByOne
      ? await Promise.all(names.exact.filter(isName).map(name => lookUp(api, name, signal)))
      : await listAll(api, names, signal);
  return found.filter(stream => stream !== null).sort((one, other) => (one.name < other.name ? -1 : 1));
}

/** One stream. @throws {Failure} `notFound` */
export async function streamInfo(api: JetStreamApi, name: string, signal: AbortSignal): Promise<StreamRecord> {
  requireName(api.target, name);
  try {
    return (await api.request(`STREAM.INFO.${name}`, null, `read stream "${name}"`, signal)) as StreamRecord;
  } catch (error) {
    throw isNotFound(error) ? noDestination(api.target, 'stream', name) : error;
  }
}

async function lookUp(api: JetStreamApi, name: string, signal: AbortSignal): Promise<FoundStream | null> {
  try {
    return {name, record: await streamInfo(api, name, signal), problem: null};
  } catch (error) {
    stopIfAborted(signal);
    if (isNotFound(error)) return null;
    // A stream whose leader is gone answers nothing, while the listing of names still has it.
    if (!(error instanceof Failure) || error.kind !== 'tryAgain') throw error;
    const known = await streamNames(api, signal);
    return known.includes(name) ? {name, record: null, problem: noLeader} : null;
  }
}

/** Names first: the list leaves out, 4 s later, what did not answer. */
async function listAll(api: JetStreamApi, names: NameFilter, signal: AbortSignal): Promise<readonly FoundStream[]> {
  const known = (await streamNames(api, signal)).filter(name => names.matches(name));
  if (known.length === 0) return [];
  const pages = await api.pages<StreamPage>('STREAM.LIST', 'list streams', signal);
  const records = new Map(pages.flatMap(({streams}) => streams ?? []).map(record => [record.config.name, record]));
  return known.map(name => {
    const record = records.get(name) ?? null;
    return {name, record, problem: record === null ? noLeader : null};
  });
}

async function streamNames(api: JetStreamApi, signal: AbortSignal): Promise<readonly string[]> {
  const pages = await api.pages<NamePage>('STREAM.NAMES', 'list stream names', signal);
  return pages.flatMap(({streams}) => streams ?? []);
}

const noLeader = 'the leader of the stream does not answer';

interface NamePage {
  readonly total?: number;
  readonly limit?: number;
  readonly streams?: readonly string[] | null;
}

interface StreamPage {
  readonly total?: number;
  readonly limit?: number;
  readonly streams?: readonly StreamRecord[] | null;
}
