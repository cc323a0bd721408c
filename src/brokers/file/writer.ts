import {Failure} from '../../model/failure.ts';
import type {OutgoingMessage} from '../../model/message.ts';
import {stopIfAborted} from '../errors.ts';
import type {Outcome, WriteOptions, Writer, WriteSession} from '../port.ts';
import {findEnd, linesFrom} from './addition.ts';
import type {DestinationRecord} from './destinations.ts';
import {change, findDestination, type Folder} from './folder.ts';
import {groupBy} from './grouping.ts';
import {layout} from './layout.ts';
import {Partitioner} from './partitioner.ts';
import {encodeMessage, type EncodedMessage} from './record.ts';
import {applyRetention} from './retention.ts';
import {append} from './segment.ts';
import {commit, readLedger, type Addition} from './transactions.ts';

/** A message with its partition decided, or refused. */
type Placed = Accepted | {readonly failure: Failure};

interface Accepted {
  readonly partition: string | null;
  readonly message: EncodedMessage;
}

export function fileWriter(folder: Folder): Writer {
  return {
    open: async (destination, options, signal) => {
      stopIfAborted(signal);
      return openSession(folder, await findDestination(folder, destination), options);
    },
  };
}

function openSession(folder: Folder, record: DestinationRecord, options: WriteOptions): WriteSession {
  const partitioner = new Partitioner(record.partitions);
  const place = (message: OutgoingMessage) => placeMessage(record, partitioner, message);
  const {ledgerKey} = options;
  const ledger: Pick<WriteSession, 'committed'> =
    ledgerKey === undefined
      ? {}
      : {committed: signal => change(folder, signal, () => readLedger(folder.path, ledgerKey))};
  const dispose = {[Symbol.asyncDispose]: async () => {}};
  if (options.exactlyOnce) {
    return {...transaction(folder, record, place, ledgerKey), ...ledger, ...dispose};
  }
  const send: WriteSession['send'] = async (batch, signal) => {
    const placed = batch.map(place);
    return change(folder, signal, () => storeAll(folder, record, placed));
  };
  return {send, ...ledger, ...dispose};
}

/** Holds the messages in memory: before the commit they are nowhere, so an abort or a crash leaves nothing. */
function transaction(
  folder: Folder,
  record: DestinationRecord,
  place: (message: OutgoingMessage) => Placed,
  ledgerKey: string | undefined,
): Pick<WriteSession, 'send' | 'commit' | 'abort'> {
  let open: Accepted[] = [];
  return {
    send: async (batch, signal) => {
      stopIfAborted(signal);
      return batch.map(place).map((placed): Outcome => {
        if ('failure' in placed) return {status: 'failed', failure: placed.failure};
        open.push(placed);
        return {status: 'done', partition: placed.partition, position: null, duplicate: false};
      });
    },
    commit: async (entry, signal) => {
      await change(folder, signal, async () => {
        const current = await sameDestination(folder, record);
        const now = new Date();
        const additions: Addition[] = [];
        for (const [partition, items] of groupBy(open, ({partition}) => partition)) {
          const end = await findEnd(layout.partition(folder.path, record.name, partition), current);
          const stamped = items.map(({message}) => ({message, stored: now}));
          additions.push({folder: end.folder, base: end.position, lines: linesFrom(end.position, stamped)});
        }
        await commit(folder.path, additions, ledgerKey === undefined ? null : {key: ledgerKey, entry});
        await retain(folder, current, now);
      });
      open = [];
    },
    abort: async () => {
      open = [];
    },
  };
}

/** The lock is held. One outcome a message, in the order of the batch. */
async function storeAll(folder: Folder, record: DestinationRecord, placed: readonly Placed[]): Promise<Outcome[]> {
  const current = await sameDestination(folder, record);
  const now = new Date();
  const outcomes = new Map<Placed, Outcome>();
  const accepted = placed.filter((item): item is Accepted => 'message' in item);
  for (const [partition, items] of groupBy(accepted, item => item.partition)) {
    const stored = await storeIn(folder, current, partition, items, now);
    for (const [index, item] of items.entries()) outcomes.set(item, stored(index));
  }
  await retain(folder, current, now);
  return placed.map(item => {
    if ('failure' in item) return {status: 'failed', failure: item.failure};
    return outcomes.get(item) ?? {status: 'unknown', failure: new Failure('bug', 'A message was given no outcome')};
  });
}

/** Stores messages of one partition, all or none; what became of each is told by its index. */
async function storeIn(
  folder: Folder,
  record: DestinationRecord,
  partition: string | null,
  items: readonly Accepted[],
  now: Date,
): Promise<(index: number) => Outcome> {
  try {
    const end = await findEnd(layout.partition(folder.path, record.name, partition), record);
    const stamped = items.map(({message}) => ({message, stored: now}));
    await append(end.file, linesFrom(end.position, stamped));
    return index => ({status: 'done', partition, position: String(end.position + index), duplicate: false});
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const status = error.cause instanceof AggregateError ? 'unknown' : 'failed';
    return () => ({status, failure: error});
  }
}

/** The messages are stored whatever becomes of this: what retention cannot remove now, the next write will. */
async function retain(folder: Folder, record: DestinationRecord, now: Date): Promise<void> {
  try {
    await applyRetention(folder.path, record, now);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
  }
}

function placeMessage(record: DestinationRecord, partitioner: Partitioner, message: OutgoingMessage): Placed {
  if (message.partition !== null && !record.partitions.includes(message.partition)) {
    const failure = new Failure('notFound', `"${record.name}" has no partition ${message.partition}`, {
      hints: [`Its partitions: brokerctl describe ${record.name}`],
    });
    return {failure};
  }
  const encoded = encode(record, message);
  if (encoded instanceof Failure) return {failure: encoded};
  return {partition: message.partition ?? partitioner.partitionFor(message.key), message: encoded};
}

function encode(record: DestinationRecord, message: OutgoingMessage): EncodedMessage | Failure {
  let encoded: EncodedMessage;
  try {
    encoded = encodeMessage(message);
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof RangeError)) throw error;
    return new Failure('data', `The message cannot be stored in "${record.name}"`, {
      broker: error.message,
      cause: error,
    });
  }
  const bytes = Buffer.byteLength(encoded);
  if (record.maxMessageBytes === null || bytes <= record.maxMessageBytes) return encoded;
  return new Failure('data', `The message is too large for "${record.name}"`, {
    broker: `${bytes} bytes as a line; the destination takes ${record.maxMessageBytes}`,
  });
}

/** The destination as it is now; one deleted and made anew since the session opened is another. */
async function sameDestination(folder: Folder, record: DestinationRecord): Promise<DestinationRecord> {
  const current = await findDestination(folder, record.name);
  if (current.id === record.id) return current;
  throw new Failure('tryAgain', `"${record.name}" was deleted and made anew while it was being written`, {
    hints: ['Look at it, then start again.'],
  });
}
