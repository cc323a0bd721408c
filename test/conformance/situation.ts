import {expect} from 'vitest';
import {requireSupport, type Capabilities, type Operation} from '../../src/brokers/capabilities.ts';
import type {Batch, Broker, ReadLimits, ReadRange, SubscriptionFilter} from '../../src/brokers/port.ts';
import {Failure, type FailureKind} from '../../src/model/failure.ts';
import type {Message, OutgoingMessage} from '../../src/model/message.ts';
import {everything, nameFilter} from '../../src/model/name-filter.ts';
import type {Harness} from './harness.ts';

/** A harness, and what its driver says it can do with the destinations that the harness makes. */
export interface Situation {
  readonly harness: Harness;
  readonly capabilities: Capabilities;
  readonly can: (operation: Operation) => boolean;
}

/** For calls that nothing interrupts. */
export const signal = new AbortController().signal;

export const limits: ReadLimits = {batchMessages: 100, batchBytes: 8 * 1024 * 1024, messages: null};

export function message(body: string, rest: Partial<OutgoingMessage> = {}): OutgoingMessage {
  return {partition: null, key: null, headers: [], body: Buffer.from(body), timestamp: null, id: null, ...rest};
}

/** `count` messages `m0`, `m1` …, dealt over the partitions in turn. */
export function dealt(count: number, partitions: number): OutgoingMessage[] {
  return Array.from({length: count}, (_, index) =>
    message(`m${index}`, {partition: partitions === 1 ? null : String(index % partitions)}),
  );
}

export function text(of: {readonly body: Uint8Array | null}): string | null {
  return of.body === null ? null : Buffer.from(of.body).toString('utf8');
}

export function hex(bytes: Uint8Array | null): string | null {
  return bytes === null ? null : Buffer.from(bytes).toString('hex');
}

/** The facet, which the capabilities of the situation promise. */
export function facet<T>(of: T | undefined): T {
  if (of === undefined) throw new Error('a facet is absent that the capabilities promise');
  return of;
}

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** Reads with a fresh signal, all of it unless the range says otherwise. */
export function batches(broker: Broker, range: Partial<ReadRange> & {destination: string}, some = limits) {
  return facet(broker.reader).read(
    {from: {at: 'earliest'}, until: {at: 'latest'}, follow: false, ...range},
    some,
    signal,
  );
}

export async function readTexts(broker: Broker, range: Partial<ReadRange> & {destination: string}) {
  return textsOf(await collect(batches(broker, range)));
}

/** Bodies by partition, in order. */
export function textsOf(all: readonly Batch[]): Record<string, (string | null)[]> {
  const byPartition: Record<string, (string | null)[]> = {};
  for (const {partition, messages} of all) {
    if (messages.length > 0) (byPartition[String(partition)] ??= []).push(...messages.map(text));
  }
  return byPartition;
}

/** All messages of a destination by the means the driver has: a read, or else taking them out. */
export async function messagesIn({can}: Situation, broker: Broker, destination: string): Promise<Message[]> {
  if (can('read.range')) return (await collect(batches(broker, {destination}))).flatMap(({messages}) => messages);
  const taker = facet(broker.taker);
  const all: Message[] = [];
  for await (const deliveries of taker.take(destination, {window: 100, limit: 1000}, signal)) {
    all.push(...deliveries.map(delivery => delivery.message));
    await taker.settle(deliveries, 'accept', signal);
  }
  return all;
}

export async function destinationNamed(broker: Broker, name: string) {
  const {items} = await broker.inspector.destinations({names: nameFilter([name]), internal: false}, signal);
  return items.find(item => item.name === name);
}

/** The sum over partitions; `null` when one of them is unknown. */
export async function depthOf(broker: Broker, name: string): Promise<number | null> {
  const counts = (await destinationNamed(broker, name))?.partitions.map(({depth}) => depth.messages) ?? [null];
  return sum(counts);
}

export async function progressOf({harness}: Situation, broker: Broker, destination: string) {
  const filter: SubscriptionFilter = {
    names: nameFilter([harness.subscriptionFor(destination)]),
    destinations: nameFilter([destination]),
    internal: false,
  };
  const {items} = await broker.inspector.subscriptions(filter, signal);
  return items.flatMap(({progress}) => progress).filter(line => line.destination === destination);
}

export async function lagOf(situation: Situation, broker: Broker, destination: string): Promise<number | null> {
  const lines = await progressOf(situation, broker, destination);
  return lines.length === 0 ? null : sum(lines.map(({lag}) => lag));
}

export function sum(counts: readonly (number | null)[]): number | null {
  return counts.reduce((total, count) => (total === null || count === null ? null : total + count), 0);
}

/** Every subscription and destination as it stands, without the times of the look: what a look must not change. */
export async function worldOf(broker: Broker, destination: string): Promise<unknown> {
  const filter = {names: everything, destinations: nameFilter([destination]), internal: true};
  const {items} = await broker.inspector.subscriptions(filter, signal);
  const world = [await destinationNamed(broker, destination), items];
  return JSON.parse(JSON.stringify(world, (key, value: unknown) => (key === 'asOf' ? undefined : value))) as unknown;
}

/** Waits until the figure is as expected, for as long as the broker's own figures may be behind. */
export function figure<T>({harness}: Situation, read: () => Promise<T>) {
  return expect.poll(read, {timeout: harness.figuresLagMs + 5000, interval: Math.max(20, harness.figuresLagMs / 20)});
}

/** Expects a Failure of this kind, with its message and a try-this. */
export async function expectFailure(work: Promise<unknown>, kind: FailureKind): Promise<Failure> {
  const error: unknown = await work.then(
    () => new Error('it did not fail'),
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(Failure);
  const failure = error as Failure;
  expect({kind: failure.kind, said: failure.message}).toEqual({kind, said: failure.message});
  expect(failure.message).not.toBe('');
  return failure;
}

/** What the guard throws for an operation; `null` when it lets it pass. */
export function guard({capabilities, harness}: Situation, operation: Operation): Failure | null {
  try {
    requireSupport(capabilities, operation, harness.name);
    return null;
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
}

/** Waits for an iteration to end after its signal has fired: by itself or with `interrupted`. */
export async function endsOnAbort(work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<string>(resolve => (timer = setTimeout(() => resolve('still running'), 10_000)));
  const ended = work.then(
    () => 'ended',
    (error: unknown) => (error instanceof Failure && error.kind === 'interrupted' ? 'ended' : error),
  );
  expect(await Promise.race([ended, tooLong])).toBe('ended');
  clearTimeout(timer);
}
