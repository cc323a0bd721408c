import type {Listing} from '../port.ts';
import type {Age, Unread} from '../../model/age.ts';
import {Failure} from '../../model/failure.ts';
import {firstMessages} from './first-messages.ts';
import type {FirstMessage, Place} from './first-messages.ts';
import type {Cluster} from './wire/cluster.ts';

/**
 * How old the first unread messages are, by the timestamps they carry: a message is read for each place. A topic asked for as
 * a whole is as old as its oldest partition.
 */
export async function ages(cluster: Cluster, of: readonly Unread[], signal: AbortSignal): Promise<Listing<Age>> {
  const whole = [...new Set(of.filter(({partition}) => partition === null).map(({destination}) => destination))];
  const topics = whole.length === 0 ? [] : await cluster.metadata(whole, signal);
  const partitionsOf = new Map(topics.map(topic => [topic.name, topic.partitions.map(({partition}) => partition)]));
  const asked = of.map((unread): {unread: Unread; places: readonly Place[]} => {
    const {destination, partition} = unread;
    const partitions = partition === null ? (partitionsOf.get(destination) ?? []) : [Number(partition)];
    const from = offsetOf(unread);
    return {unread, places: partitions.map(one => ({topic: destination, partition: one, from}))};
  });
  const found = await firstMessages(
    cluster,
    asked.flatMap(({places}) => places),
    signal,
  );
  const asOf = new Date();
  const items = asked.map(({unread, places}) => {
    const answers = places.map(place => found.get(place) ?? {problem: 'it was not answered'});
    return ageOf(unread, answers, asOf);
  });
  return {items, warnings: []};
}

function offsetOf({position}: Unread): bigint | null {
  if (position === null) return null;
  if (/^\d{1,19}$/.test(position)) return BigInt(position);
  throw new Failure('usage', `"${position}" is not a Kafka offset`);
}

function ageOf(of: Unread, answers: readonly FirstMessage[], asOf: Date): Age {
  const plain = {of, method: 'timestamp of the first unread message', asOf};
  const problem = answers.length === 0 ? 'the topic has no partitions' : answers.find(one => one.problem)?.problem;
  if (problem !== undefined) return {...plain, exact: false, seconds: null, oldest: null, problem};
  const messages = answers.map(answer => ('message' in answer ? answer.message : null)).filter(one => one !== null);
  if (messages.length === 0) return {...plain, exact: true, seconds: 0, oldest: null};
  const times = messages.map(({timestamp}) => timestamp).filter(time => time !== null);
  if (times.length < messages.length) {
    return {...plain, exact: false, seconds: null, oldest: null, problem: 'the message carries no timestamp'};
  }
  const oldest = new Date(Math.min(...times.map(time => time.getTime())));
  const seconds = (asOf.getTime() - oldest.getTime()) / 1000;
  if (seconds >= 0) return {...plain, exact: true, seconds, oldest};
  const caveat = `its timestamp is ${-seconds} s in the future: the producer's clock is ahead, or it set the time itself`;
  return {...plain, exact: false, seconds: 0, oldest, caveat};
}
