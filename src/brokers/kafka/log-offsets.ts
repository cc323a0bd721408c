import {setTimeout as sleep} from 'node:timers/promises';
import {stopIfAborted} from '../errors.ts';
import {Failure} from '../../model/failure.ts';
import {PartitionTable} from './partition-table.ts';
import type {Cluster} from './wire/cluster.ts';
import {code, isTransient, problemOf} from './wire/error-codes.ts';
import {listOffsets} from './wire/list-offsets.ts';
import type {ListOffsetsResponse} from './wire/list-offsets.ts';
import type {TopicMetadata} from './wire/metadata.ts';
import {retry} from './wire/retry.ts';

/** A partition's answer, or why there is none. `offset` is -1 for a time after the newest message. */
export type LogOffset =
  {readonly offset: bigint; readonly timestamp: bigint; readonly problem?: undefined} | {readonly problem: string};

export interface LogOffsetsQuestion {
  /** A time in milliseconds, or one of `offsetAt`; the same for all, or by partition (`null` does not ask). */
  readonly at: bigint | ((topic: string, partition: number) => bigint | null);
  readonly readCommitted?: boolean;
}

const pausesMs = [50, 150, 400];

/**
 * One offset of every partition of the topics: one request to each leader, all leaders at once. Partitions whose leader
 * moved meanwhile are asked again, three times at most; one that cannot be answered has its problem and harms no other.
 */
export async function logOffsets(
  cluster: Cluster,
  topics: readonly TopicMetadata[],
  question: LogOffsetsQuestion,
  signal: AbortSignal,
): Promise<PartitionTable<LogOffset>> {
  const table = new PartitionTable<LogOffset>();
  let moved = await askLeaders(cluster, topics, question, table, signal);
  for (const pauseMs of pausesMs) {
    if (moved.topics().length === 0) break;
    await sleep(pauseMs, undefined, {signal}).catch(() => stopIfAborted(signal));
    const fresh = await cluster.metadata(moved.topics(), signal);
    const again = fresh.map(topic => ({
      ...topic,
      partitions: topic.partitions.filter(({partition}) => moved.get(topic.name, partition)),
    }));
    moved = await askLeaders(cluster, again, question, table, signal);
  }
  return table;
}

type Question = {name: string; partitions: {partition: number; at: bigint}[]};

/** Fills the table; gives back the partitions whose answer may be another in a moment. */
async function askLeaders(
  cluster: Cluster,
  topics: readonly TopicMetadata[],
  {at, readCommitted = false}: LogOffsetsQuestion,
  table: PartitionTable<LogOffset>,
  signal: AbortSignal,
): Promise<PartitionTable<true>> {
  const byLeader = new Map<number, Question[]>();
  for (const topic of topics) {
    for (const partition of topic.partitions) {
      const time = typeof at === 'bigint' ? at : at(topic.name, partition.partition);
      if (time === null) continue;
      const problem = cluster.leaderProblem(partition);
      if (problem !== null) {
        table.set(topic.name, partition.partition, {problem});
        continue;
      }
      let questions = byLeader.get(partition.leader);
      if (!questions) byLeader.set(partition.leader, (questions = []));
      let last = questions.at(-1);
      if (last?.name !== topic.name) questions.push((last = {name: topic.name, partitions: []}));
      last.partitions.push({partition: partition.partition, at: time});
    }
  }
  const moved = new PartitionTable<true>();
  await Promise.all(
    [...byLeader].map(async ([leader, questions]) => {
      try {
        const request = {readCommitted, topics: questions};
        keep(await retry(() => cluster.send(leader, listOffsets, request, signal), signal), table, moved);
      } catch (error) {
        stopIfAborted(signal);
        if (!(error instanceof Failure)) throw error;
        const problem = `the leader, node ${leader}, could not be asked: ${error.broker ?? error.message}`;
        for (const {name, partitions} of questions)
          for (const {partition} of partitions) table.set(name, partition, {problem});
      }
    }),
  );
  return moved;
}

function keep(answer: ListOffsetsResponse, table: PartitionTable<LogOffset>, moved: PartitionTable<true>): void {
  for (const {name, partitions} of answer.topics) {
    for (const {partition, error, offset, timestamp} of partitions) {
      if (error === code.none) table.set(name, partition, {offset, timestamp});
      else {
        table.set(name, partition, {problem: problemOf(error)});
        if (isTransient(error)) moved.set(name, partition, true);
      }
    }
  }
}
