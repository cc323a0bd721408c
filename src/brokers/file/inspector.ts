import type {Age, Unread} from '../../model/age.ts';
import type {DeadLetterRoute} from '../../model/dead-letter.ts';
import type {Destination, Partition} from '../../model/destination.ts';
import {Failure, type Warning} from '../../model/failure.ts';
import {everything, nameFilter} from '../../model/name-filter.ts';
import {stopIfAborted} from '../errors.ts';
import type {Description, Inspector} from '../port.ts';
import {capabilitiesOf} from './capabilities.ts';
import {destinationJson, isShown, listDestinations, type DestinationRecord} from './destinations.ts';
import {findDestination, isWriting, viewOf, type Folder} from './folder.ts';
import {layout} from './layout.ts';
import {bytesHeld, countHeld, firstHeld, lastHeld, recordsOf, type PartitionView} from './partition.ts';
import {claimed} from './partition-state.ts';
import {countWithin, formatRanges} from './ranges.ts';
import {readable} from './records.ts';
import {listCursors, listSubscriptions} from './subscriptions.ts';
import {inspectSubscriptions} from './progress.ts';

const method = 'segment files';

export function fileInspector(folder: Folder): Inspector {
  return {
    destinations: async (filter, signal) => {
      stopIfAborted(signal);
      const warnings: Warning[] = [];
      const items: Destination[] = [];
      for (const listed of await listDestinations(folder.path, filter.names)) {
        stopIfAborted(signal);
        if ('failure' in listed) {
          items.push(damaged(listed.name, listed.failure));
          continue;
        }
        const {record} = listed;
        if (isShown(record, filter.internal, filter.names.exact)) items.push(await inspect(folder, record, warnings));
      }
      return {items, warnings};
    },
    subscriptions: (filter, signal) => inspectSubscriptions(folder, filter, signal),
    ages: async (of, signal) => {
      const items: Age[] = [];
      for (const unread of of) items.push(await ageOf(folder, unread, signal));
      return {items, warnings: []};
    },
    deadLetters: async signal => {
      stopIfAborted(signal);
      return {items: await routes(folder), warnings: []};
    },
    describe: (name, signal) => describe(folder, name, signal),
  };
}

async function inspect(folder: Folder, record: DestinationRecord, warnings: Warning[]): Promise<Destination> {
  const partitions: Partition[] = [];
  for (const id of record.partitions) {
    try {
      const view = await viewOf(folder, record, id);
      partitions.push(await inspectPartition(view, record));
      if (view.torn && !(await isWriting(folder))) warnings.push(tornTail(view.torn.file));
    } catch (error) {
      if (!(error instanceof Failure) || error.kind !== 'data') throw error;
      partitions.push(unreadable(id, error));
    }
  }
  const policy = record.kind === 'queue' ? 'acknowledged' : hasLimit(record) ? 'delete' : 'none';
  return {
    name: record.name,
    kind: record.kind,
    internal: record.internal,
    partitions,
    retention: {...record.retention, policy},
  };
}

async function inspectPartition(view: PartitionView, {kind}: DestinationRecord): Promise<Partition> {
  const asOf = new Date();
  const messages = countHeld(view, view.start, view.end);
  const taken = claimed(view.state, asOf);
  const inFlight = kind === 'queue' ? countWithin(taken, view.start, view.end) : null;
  const last = lastHeld(view);
  return {
    id: view.id,
    depth: {
      messages,
      ready: inFlight === null ? null : messages - inFlight,
      inFlight,
      scheduled: kind === 'queue' ? 0 : null,
      bytes: await bytesHeld(view),
      method,
      exact: true,
      asOf,
    },
    first: last === null ? null : String(firstHeld(view, view.start)),
    last: last === null ? null : String(last),
    leader: null,
  };
}

/** A destination of which not even the kind is known. */
function damaged(name: string, failure: Failure): Destination {
  return {name, kind: 'unknown', internal: false, partitions: [unreadable(null, failure)], retention: {}};
}

function unreadable(id: string | null, failure: Failure): Partition {
  const unknown = {messages: null, ready: null, inFlight: null, scheduled: null, bytes: null};
  return {
    id,
    depth: {...unknown, method, exact: false, asOf: new Date()},
    first: null,
    last: null,
    leader: null,
    problem: `${failure.message}: ${failure.broker}`,
  };
}

function tornTail(file: string): Warning {
  return {
    code: 'tornTail',
    message: `${file} ends in half a message, left by a writer that died; it is not counted, and the next write mends it`,
  };
}

function hasLimit({retention}: DestinationRecord): boolean {
  return retention.ageMs !== null || retention.bytes !== null || retention.messages !== null;
}

async function ageOf(folder: Folder, of: Unread, signal: AbortSignal): Promise<Age> {
  stopIfAborted(signal);
  const measured = {of, method: 'first unread message', exact: true, asOf: new Date()};
  try {
    const record = await findDestination(folder, of.destination);
    const view = await viewOf(folder, record, of.partition);
    const from = of.position === null ? view.start : Number(of.position);
    for await (const {stored, message} of recordsOf(view, from, view.end, signal)) {
      const oldest = message.timestamp ?? stored;
      return {...measured, seconds: Math.max(0, (measured.asOf.getTime() - oldest.getTime()) / 1000), oldest};
    }
    return {...measured, seconds: 0, oldest: null};
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return {...measured, exact: false, seconds: null, oldest: null, problem: error.message};
  }
}

async function routes(folder: Folder): Promise<DeadLetterRoute[]> {
  const destinations = readable(await listDestinations(folder.path, everything));
  const own = destinations.flatMap(({name, deadLetter}): DeadLetterRoute[] =>
    deadLetter
      ? [{source: name, subscription: null, destination: deadLetter.destination, foundBy: 'destination record'}]
      : [],
  );
  const subscriptions = readable(await listSubscriptions(folder.path, everything));
  const theirs: DeadLetterRoute[] = [];
  for (const {name, deadLetter} of subscriptions) {
    if (!deadLetter) continue;
    for (const {destination: source} of await listCursors(folder.path, name)) {
      const {destination} = deadLetter;
      theirs.push({source, subscription: name, destination, foundBy: 'subscription record'});
    }
  }
  const said = folder.target.deadLetters.flatMap(hint => {
    const to = destinations.filter(({name}) => nameFilter([hint.destination]).matches(name));
    return to.map(({name}) => ({source: hint.source, subscription: null, destination: name, foundBy: 'context'}));
  });
  return [...own, ...theirs, ...said];
}

async function describe(folder: Folder, name: string, signal: AbortSignal): Promise<Description> {
  stopIfAborted(signal);
  const record = await findDestination(folder, name);
  const destination = await inspect(folder, record, []);
  const partitions = [];
  for (const id of record.partitions) {
    const view = await viewOf(folder, record, id).catch((error: unknown) => {
      if (error instanceof Failure) return null;
      throw error;
    });
    partitions.push({
      id,
      segments: view?.segments.map(({file}) => file) ?? null,
      start: view?.start ?? null,
      end: view?.end ?? null,
      removed: view ? formatRanges(view.state.removed) : null,
      claims:
        view?.state.claims.map(({owner, expires, positions}) => ({
          host: owner.host,
          pid: owner.pid,
          expires: expires.toISOString(),
          positions: formatRanges(positions),
        })) ?? null,
    });
  }
  const size = (bytes: number | null) => (bytes === null ? 'no limit' : `${bytes} bytes`);
  return {
    destination,
    capabilities: capabilitiesOf(record.kind),
    facts: [
      {section: 'Storage', name: 'folder', value: layout.destination(folder.path, name)},
      {section: 'Storage', name: 'new segment at', value: size(record.segmentBytes)},
      {section: 'Storage', name: 'largest message', value: size(record.maxMessageBytes)},
      ...(record.deadLetter
        ? [
            {section: 'Dead letters', name: 'destination', value: record.deadLetter.destination},
            {
              section: 'Dead letters',
              name: 'after deliveries',
              value: String(record.deadLetter.maxDeliveries ?? 'none'),
            },
          ]
        : []),
    ],
    record: {...(destinationJson(record) as object), partitions},
  };
}
