import {randomBytes} from 'node:crypto';
import {rm} from 'node:fs/promises';
import {Failure} from '../../model/failure.ts';
import type {OutgoingMessage} from '../../model/message.ts';
import {findEnd, linesFrom} from './addition.ts';
import {
  destinationJson,
  readDestination,
  type DeadLetter,
  type DestinationKind,
  type DestinationRecord,
} from './destinations.ts';
import {formatVersion} from './folder.ts';
import {makeFolder, writeJson} from './json-file.ts';
import {layout} from './layout.ts';
import {withLock} from './lock.ts';
import {encodeMessage} from './record.ts';
import {applyRetention} from './retention.ts';
import {append} from './segment.ts';
import {writeCursors, type CursorEntry} from './subscriptions.ts';

export interface NewDestination {
  readonly name: string;
  /** Random when absent. */
  readonly id?: string;
  readonly kind?: DestinationKind;
  readonly partitions?: number;
  readonly internal?: boolean;
  readonly retention?: Partial<DestinationRecord['retention']>;
  readonly segmentBytes?: number;
  readonly maxMessageBytes?: number;
  readonly deadLetter?: DeadLetter;
}

export interface NewSubscription {
  readonly name: string;
  readonly kind?: string;
  readonly members?: readonly string[];
  readonly state?: string;
  readonly deadLetter?: DeadLetter;
}

/**
 * The administration of a file broker: what the port has no words for. It serves the demo, archives and tests.
 * With `sync` off nothing is fsynced: for a folder that can be made again.
 */
export class FileStore {
  readonly #path: string;
  readonly #sync: boolean;

  private constructor(path: string, sync: boolean) {
    this.#path = path;
    this.#sync = sync;
  }

  /** Makes a folder, which may exist, a broker. */
  static async create(path: string, {sync = true} = {}): Promise<FileStore> {
    await makeFolder(path);
    await writeJson(layout.broker(path), {format: 'brokerctl-file', version: formatVersion}, {sync});
    return FileStore.at(path, {sync});
  }

  /** The administration of a folder that is a broker, or is to become one. */
  static at(path: string, {sync = true} = {}): FileStore {
    return new FileStore(path, sync);
  }

  /** @throws {Failure} `cannotWrite` when there is one of that name already */
  async createDestination(options: NewDestination): Promise<void> {
    const {name, kind = 'topic', partitions = 1, deadLetter = null, retention = {}} = options;
    if (name === '') throw new Failure('usage', 'A destination has to have a name');
    if (await readDestination(this.#path, name)) throw new Failure('cannotWrite', `"${name}" exists already`);
    const record: DestinationRecord = {
      name,
      id: options.id ?? randomBytes(8).toString('hex'),
      kind,
      internal: options.internal ?? false,
      partitions: kind === 'queue' ? [null] : Array.from({length: partitions}, (_, index) => String(index)),
      retention: {ageMs: null, bytes: null, messages: null, ...retention},
      segmentBytes: options.segmentBytes ?? 16 * 1024 * 1024,
      maxMessageBytes: options.maxMessageBytes ?? null,
      deadLetter,
    };
    await makeFolder(layout.destination(this.#path, name));
    await writeJson(layout.destinationRecord(this.#path, name), destinationJson(record), {sync: this.#sync});
  }

  /** Deletes a destination with all its messages; its subscriptions' cursors stay. */
  async deleteDestination(name: string): Promise<void> {
    await this.#alone(() => rm(layout.destination(this.#path, name), {recursive: true, force: true}));
  }

  async createSubscription({name, kind = 'subscription', ...rest}: NewSubscription): Promise<void> {
    await makeFolder(layout.cursors(this.#path, name));
    await writeJson(layout.subscriptionRecord(this.#path, name), {name, kind, ...rest}, {sync: this.#sync});
  }

  /** Sets a subscription's cursors in a destination, and what its consumer is said to hold. */
  async setCursors(
    subscription: string,
    destination: string,
    entries: readonly ({readonly partition: string | null} & Partial<CursorEntry>)[],
  ): Promise<void> {
    const whole = entries.map(entry => ({cursor: null, inFlight: null, redelivered: null, member: null, ...entry}));
    await writeCursors(this.#path, subscription, {destination, entries: whole}, {sync: this.#sync});
  }

  /** Appends messages to one partition; `storedAt` says when the broker got each. @returns the position of the first */
  async append(
    destination: string,
    partition: string | null,
    messages: readonly OutgoingMessage[],
    storedAt: (message: OutgoingMessage) => Date = () => new Date(),
  ): Promise<number> {
    return this.#alone(async () => {
      const end = await findEnd(layout.partition(this.#path, destination, partition), await this.#record(destination));
      const stamped = messages.map(message => ({message: encodeMessage(message), stored: storedAt(message)}));
      await append(end.file, linesFrom(end.position, stamped), {sync: this.#sync});
      return end.position;
    });
  }

  /** Removes what the destination's retention no longer keeps at `now`. @returns how many messages went */
  async applyRetention(destination: string, now: Date): Promise<number> {
    return this.#alone(async () => applyRetention(this.#path, await this.#record(destination), now));
  }

  async #record(name: string): Promise<DestinationRecord> {
    const record = await readDestination(this.#path, name);
    if (!record) throw new Failure('notFound', `There is no destination "${name}" in ${this.#path}`);
    return record;
  }

  async #alone<T>(work: () => Promise<T>): Promise<T> {
    return withLock(layout.lock(this.#path), 10_000, new AbortController().signal, work);
  }
}
