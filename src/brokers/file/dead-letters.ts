import type {Header} from '../../model/message.ts';
import {findEnd, linesFrom} from './addition.ts';
import {readDestination, type DestinationRecord} from './destinations.ts';
import type {Folder} from './folder.ts';
import {groupBy} from './grouping.ts';
import {layout} from './layout.ts';
import {recordsOf, type PartitionView} from './partition.ts';
import {Partitioner} from './partitioner.ts';
import {encodeMessage, type EncodedMessage, type StoredRecord} from './record.ts';
import {append} from './segment.ts';

/**
 * Copies those of the returned messages that were delivered as often as their queue allows to its dead-letter destination.
 * The caller removes them from the queue afterwards: a crash between the two leaves a message twice and never not at all.
 * Without a route, or with its destination gone, a message stays where it is. The write lock is held.
 * @returns the positions that were copied
 */
export async function moveDeadLetters(
  folder: Folder,
  source: DestinationRecord,
  view: PartitionView,
  returned: readonly number[],
  signal: AbortSignal,
): Promise<readonly number[]> {
  const most = source.deadLetter?.maxDeliveries ?? null;
  if (!source.deadLetter || most === null) return [];
  const spent = new Set(returned.filter(position => (view.state.deliveries.get(position) ?? 0) >= most));
  if (spent.size === 0) return [];
  const target = await readDestination(folder.path, source.deadLetter.destination);
  if (!target) return [];
  const partitioner = new Partitioner(target.partitions);
  const letters: {readonly partition: string | null; readonly message: EncodedMessage}[] = [];
  const now = new Date();
  for await (const record of recordsOf(view, Math.min(...spent), Math.max(...spent) + 1, signal)) {
    if (!spent.has(record.position)) continue;
    const partition = partitioner.partitionFor(record.message.key);
    letters.push({partition, message: encodeMessage(asDeadLetter(record, source, view, now))});
  }
  for (const [partition, group] of groupBy(letters, letter => letter.partition)) {
    const end = await findEnd(layout.partition(folder.path, target.name, partition), target);
    const stamped = group.map(({message}) => ({message, stored: now}));
    await append(end.file, linesFrom(end.position, stamped));
  }
  return [...spent];
}

/** The message with what befell it, in headers of its own; a header of an earlier round stays and is the older one. */
function asDeadLetter(
  {position, message}: StoredRecord,
  source: DestinationRecord,
  view: PartitionView,
  now: Date,
): StoredRecord['message'] {
  const headers: readonly Header[] = [
    {name: 'brokerctl-dead-letter-source', type: 'string', value: source.name},
    {name: 'brokerctl-dead-letter-position', type: 'string', value: String(position)},
    {name: 'brokerctl-dead-letter-reason', type: 'string', value: 'maxDeliveries'},
    {name: 'brokerctl-dead-letter-deliveries', type: 'int32', value: view.state.deliveries.get(position) ?? 0},
    {name: 'brokerctl-dead-letter-time', type: 'timestamp', value: now},
  ];
  return {...message, headers: [...message.headers, ...headers]};
}
