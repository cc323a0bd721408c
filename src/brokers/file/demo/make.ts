import {Failure} from '../../../model/failure.ts';
import {groupBy} from '../grouping.ts';
import {FileStore} from '../store.ts';
import {namesIn} from '../layout.ts';
import {tellStory, type StoryDestination, type StoryOptions, type StorySubscription} from './story.ts';

/**
 * Makes a lived-in file broker in a folder that is empty or does not exist: byte for byte the same for the same seed and
 * time. It becomes a broker last, so that one whose making was cut short is none.
 * @throws {Failure} `cannotWrite` when the folder holds something, or the disk refuses
 */
export async function makeDemo(folder: string, options: StoryOptions): Promise<void> {
  if ((await namesIn(folder)).length > 0) {
    throw new Failure('cannotWrite', `${folder} is not empty`, {
      hints: ['Name another folder, or delete this one first.'],
    });
  }
  const {destinations, subscriptions} = tellStory(options);
  const store = FileStore.at(folder, {sync: false});
  for (const destination of destinations) await fill(store, destination, options);
  for (const subscription of subscriptions) await subscribe(store, subscription);
  await FileStore.create(folder, {sync: false});
}

async function fill(store: FileStore, destination: StoryDestination, {seed, now}: StoryOptions): Promise<void> {
  const {name, kind, partitions, internal = false, retentionMs, deadLetter, messages} = destination;
  await store.createDestination({
    name,
    id: `demo-${seed}-${name}`,
    kind,
    partitions,
    internal,
    ...(retentionMs === undefined ? {} : {retention: {ageMs: retentionMs}}),
    ...(deadLetter ? {deadLetter} : {}),
  });
  for (const [partition, own] of groupBy(messages, message => message.partition)) {
    await store.append(name, partition, own, message => message.timestamp ?? now);
  }
  await store.applyRetention(name, now);
}

async function subscribe(store: FileStore, {name, members, deadLetter, progress}: StorySubscription): Promise<void> {
  await store.createSubscription({
    name,
    members,
    ...(deadLetter === undefined ? {} : {deadLetter: {destination: deadLetter, maxDeliveries: null}}),
  });
  for (const [destination, lines] of groupBy(progress, line => line.destination)) {
    const entries = lines.map(({partition, read, inFlight = null, redelivered = null, member = null}) => {
      return {partition, cursor: read, inFlight, redelivered, member};
    });
    await store.setCursors(name, destination, entries);
  }
}
