import {stopIfAborted} from '../errors.ts';
import {Failure} from '../../model/failure.ts';
import type {Message} from '../../model/message.ts';
import {LeaderFetches} from './leader-fetches.ts';
import type {Round} from './leader-fetches.ts';
import {logOffsets} from './log-offsets.ts';
import type {LogOffset} from './log-offsets.ts';
import type {PartitionTable} from './partition-table.ts';
import {PartitionRead} from './partition-read.ts';
import type {Cluster} from './wire/cluster.ts';
import {code, problemOf} from './wire/error-codes.ts';
import {offsetAt} from './wire/list-offsets.ts';
import type {TopicMetadata} from './wire/metadata.ts';

/** A place whose first readable message is wanted; `null` is the start of what the partition holds. */
export interface Place {
  readonly topic: string;
  readonly partition: number;
  readonly from: bigint | null;
}

/** The first message at or after a place, `null` when there is none, or why that cannot be told. */
export type FirstMessage =
  {readonly message: Message | null; readonly problem?: undefined} | {readonly problem: string};

const maxBytes = 1024 * 1024;
const topicsAtOnce = 8;

/**
 * The first committed message at or after each place. Messages of aborted transactions and markers are passed over. Offsets
 * are asked for all at once; then each topic's leaders are sent one Fetch, and more only while a partition gave no message.
 */
export async function firstMessages(
  cluster: Cluster,
  places: readonly Place[],
  signal: AbortSignal,
): Promise<ReadonlyMap<Place, FirstMessage>> {
  const found = new Map<Place, FirstMessage>();
  if (places.length === 0) return found;
  const byTopic = grouped(places, ({topic}) => topic);
  const topics = (await cluster.metadata([...byTopic.keys()], signal)).filter(({error}) => error === code.none);
  const asked = topics.map(topic => {
    const wanted = new Set(byTopic.get(topic.name)?.map(({partition}) => partition));
    return {...topic, partitions: topic.partitions.filter(({partition}) => wanted.has(partition))};
  });
  const [first, end] = await Promise.all([
    logOffsets(cluster, asked, {at: offsetAt.earliest}, signal),
    logOffsets(cluster, asked, {at: offsetAt.latest, readCommitted: true}, signal),
  ]);
  const work = layers(asked, byTopic);
  const next = async (): Promise<void> => {
    for (let one = work.pop(); one; one = work.pop()) await readTopic(cluster, one, {first, end}, found, signal);
  };
  await Promise.all(Array.from({length: topicsAtOnce}, next));
  for (const place of places)
    if (!found.has(place)) found.set(place, {problem: 'the partition does not exist any more'});
  return found;
}

interface Work {
  readonly topic: TopicMetadata;
  readonly places: readonly Place[];
}

/** One read goes through a partition once, so that two groups' places in one partition are two reads. */
function layers(topics: readonly TopicMetadata[], byTopic: ReadonlyMap<string, readonly Place[]>): Work[] {
  return topics.flatMap(topic => {
    const stacks = grouped(byTopic.get(topic.name) ?? [], ({partition}) => partition);
    const height = Math.max(...[...stacks.values()].map(({length}) => length));
    return Array.from({length: height}, (_, level) => ({
      topic,
      places: [...stacks.values()].flatMap(stack => stack[level] ?? []),
    }));
  });
}

function grouped<Key>(places: readonly Place[], keyOf: (place: Place) => Key): ReadonlyMap<Key, readonly Place[]> {
  const groups = new Map<Key, Place[]>();
  for (const place of places) {
    const group = groups.get(keyOf(place));
    if (group) group.push(place);
    else groups.set(keyOf(place), [place]);
  }
  return groups;
}

async function readTopic(
  cluster: Cluster,
  {topic, places}: Work,
  log: {readonly first: PartitionTable<LogOffset>; readonly end: PartitionTable<LogOffset>},
  found: Map<Place, FirstMessage>,
  signal: AbortSignal,
): Promise<void> {
  const waiting = new Map<PartitionRead, Place>();
  for (const place of places) {
    const [first, end] = [log.first, log.end].map(table => table.get(place.topic, place.partition));
    if (!first || !end) continue;
    if (first.problem !== undefined || end.problem !== undefined) {
      found.set(place, {problem: first.problem ?? end.problem ?? ''});
      continue;
    }
    const from = place.from === null || place.from < first.offset ? first.offset : place.from;
    const leader = topic.partitions.find(({partition}) => partition === place.partition)?.leader ?? -1;
    const read = new PartitionRead(
      topic.name,
      {...place, from, start: from, removedFrom: null, end: end.offset},
      leader,
    );
    if (read.done) found.set(place, {message: null});
    else waiting.set(read, place);
  }
  while (waiting.size > 0) {
    const fetches = new LeaderFetches(cluster, topic, [...waiting.keys()], maxBytes, signal);
    fetches.start();
    for (let round = await fetches.next(); round; round = await fetches.next()) {
      stopIfAborted(signal);
      await take(round, waiting, found);
    }
  }
}

/** Settles every partition that gave a message, ended or failed; the others stay for the next round, those behind first. */
async function take(
  {asked, outcome}: Round,
  waiting: Map<PartitionRead, Place>,
  found: Map<Place, FirstMessage>,
): Promise<void> {
  for (const [index, read] of asked.entries()) {
    const place = waiting.get(read);
    if (!place) continue;
    const settle = (answer: FirstMessage) => {
      found.set(place, answer);
      waiting.delete(read);
    };
    if (outcome instanceof Failure) {
      settle({problem: outcome.broker ?? outcome.message});
      continue;
    }
    const answer = outcome.find(({partition}) => partition === read.partition);
    if (answer && answer.error !== code.none) {
      settle({problem: problemOf(answer.error)});
      continue;
    }
    const before = read.next;
    const first = answer ? await firstOf(read, answer) : null;
    if (first) settle(first);
    else if (read.done) settle({message: null});
    // A server gives the first partition asked a batch if it has any.
    else if (index === 0 && read.next === before) settle({problem: `it sent nothing from offset ${before} on`});
    else if (read.next > before) {
      waiting.delete(read);
      waiting.set(read, place);
    }
  }
}

async function firstOf(
  read: PartitionRead,
  answer: Parameters<PartitionRead['accept']>[0],
): Promise<FirstMessage | null> {
  for (const batches of read.accept(answer)) {
    for await (const {messages, problem} of batches) {
      if (problem) return {problem: problem.broker ?? problem.message};
      if (messages[0]) return {message: messages[0]};
    }
  }
  return null;
}
