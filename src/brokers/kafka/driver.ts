import {emulated, native, none} from '../capabilities.ts';
import type {Capabilities} from '../capabilities.ts';
import type {Driver} from '../port.ts';

const settling = none(
  'a topic is a log: reading takes nothing out, and a group only moves its cursor',
  'Look with brokerctl peek.',
);
const notYet = (what: string) => none(`brokerctl does not ${what} yet`, "Use Kafka's own tools for it.");

const capabilities: Capabilities = {
  'inspect.depth': native,
  'inspect.bytes': native,
  'inspect.lag': native,
  'inspect.inFlight': none(
    'a consumer group has no messages in flight, and a share group does not tell how many it has',
  ),
  'inspect.age': emulated('reads the first unread message of each partition for its timestamp'),
  'inspect.members': native,
  'inspect.deadLetters': emulated(
    'Kafka keeps dead-letter routes of share groups only; all others are found by the names that frameworks give to topics',
  ),
  'read.range': native,
  'read.byTime': native,
  'read.follow': native,
  take: settling,
  'settle.accept': settling,
  'settle.return': settling,
  'write.confirmed': native,
  'write.partition': native,
  'write.key': native,
  'write.headers': emulated('Kafka headers are bytes: another type is written as its text, and its name is lost'),
  'write.timestamp': native,
  'write.exactlyOnce': notYet('write to Kafka in transactions'),
  'cursor.move': notYet('move Kafka cursors'),
  'cursor.moveByTime': notYet('move Kafka cursors'),
  'purge.all': notYet('purge Kafka topics'),
  'purge.before': notYet('purge Kafka topics'),
  'purge.selection': none('a partition can only be cut at its head: single records cannot be deleted'),
  forward: notYet('copy Kafka batches without decoding them'),
};

export const kafkaDriver: Driver = {
  system: 'kafka',
  terms: {
    destination: 'topic',
    destinations: 'topics',
    partition: 'partition',
    subscription: 'group',
    subscriptions: 'groups',
    member: 'member',
    position: 'offset',
    cursor: 'committed offset',
    lag: 'lag',
    ready: 'messages',
    inFlight: null,
  },
  capabilities,
  queryKeys: ['sasl', 'registry'],
  open: async (target, {signal}) => (await import('./open.ts')).openKafka(kafkaDriver, target, signal),
};
