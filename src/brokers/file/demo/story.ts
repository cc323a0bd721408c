import type {OutgoingMessage} from '../../../model/message.ts';
import {auditLog, customerEvents, schemas} from './audit.ts';
import {deadLetters} from './dead-letters.ts';
import {emailOutbox} from './emails.ts';
import {orders} from './orders.ts';
import {payments} from './payments.ts';
import {Random} from './random.ts';
import {shipments} from './shipments.ts';
import {sensorReadings, telemetry} from './telemetry.ts';

/** What happened in a shop until `now`: data that any broker can be filled with. */
export interface Story {
  readonly destinations: readonly StoryDestination[];
  readonly subscriptions: readonly StorySubscription[];
}

export interface StoryDestination {
  readonly name: string;
  readonly kind: 'topic' | 'queue';
  /** 1 for a queue. */
  readonly partitions: number;
  readonly internal?: boolean;
  /** Messages older than this at `now` are gone: told here, removed by the broker that is filled. */
  readonly retentionMs?: number;
  /** Where a queue moves a message after so many deliveries. */
  readonly deadLetter?: {readonly destination: string; readonly maxDeliveries: number};
  /** In the order in which they were sent. */
  readonly messages: readonly StoryMessage[];
}

/** Every message has a time; a topic's has a partition, a queue's has none. */
export interface StoryMessage extends OutgoingMessage {
  readonly timestamp: Date;
}

export interface StorySubscription {
  readonly name: string;
  readonly members: readonly string[];
  readonly deadLetter?: string;
  readonly progress: readonly StoryProgress[];
}

export interface StoryProgress {
  readonly destination: string;
  readonly partition: string;
  /** How many of the partition's messages it has read, those that are gone included; `null`: it never committed. */
  readonly read: number | null;
  readonly inFlight?: number;
  readonly redelivered?: number;
  readonly member?: string;
}

export interface StoryOptions {
  readonly seed: number;
  readonly now: Date;
}

/** A part of the story: some destinations, and who reads them. */
export type Chapter = (random: Random, now: Date) => Story;

const chapters: readonly Chapter[] = [
  orders,
  payments,
  shipments,
  customerEvents,
  telemetry,
  sensorReadings,
  auditLog,
  emailOutbox,
  deadLetters,
  schemas,
];

/** The whole story: the same for the same seed and time. */
export function tellStory({seed, now}: StoryOptions): Story {
  const told = chapters.map((chapter, index) => chapter(new Random(seed * 1000 + index), now));
  return {
    destinations: told.flatMap(({destinations}) => destinations),
    subscriptions: told.flatMap(({subscriptions}) => subscriptions),
  };
}
