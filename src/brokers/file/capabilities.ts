import {native, none, type Capabilities, type Operation} from '../capabilities.ts';
import type {DestinationKind} from './destinations.ts';

/** What a file broker can do with one destination or another: everything. */
export const fileCapabilities: Capabilities = {
  'inspect.depth': native,
  'inspect.bytes': native,
  'inspect.lag': native,
  'inspect.inFlight': native,
  'inspect.age': native,
  'inspect.members': native,
  'inspect.deadLetters': native,
  'read.range': native,
  'read.byTime': native,
  'read.follow': native,
  take: native,
  'settle.accept': native,
  'settle.return': native,
  'write.confirmed': native,
  'write.partition': native,
  'write.key': native,
  'write.headers': native,
  'write.timestamp': native,
  'write.exactlyOnce': native,
  'cursor.move': native,
  'cursor.moveByTime': native,
  'purge.all': native,
  'purge.before': native,
  'purge.selection': native,
  forward: native,
};

const noTaking = none(
  'a topic keeps its messages, whoever has read them',
  'Look with brokerctl peek; move a subscription with brokerctl reprocess; delete with brokerctl purge.',
);
const noCursor = none(
  'a queue has no cursors: a message leaves it when it is accepted',
  'Write again what is to be delivered again.',
);

const narrowed: Readonly<Record<DestinationKind, Partial<Capabilities>>> = {
  topic: {take: noTaking, 'settle.accept': noTaking, 'settle.return': noTaking},
  queue: {
    'cursor.move': noCursor,
    'cursor.moveByTime': noCursor,
    'write.partition': none('a queue has no partitions'),
  },
};

/** What can be done with a destination of this kind. */
export function capabilitiesOf(kind: DestinationKind): Capabilities {
  return {...fileCapabilities, ...(narrowed[kind] satisfies Partial<Record<Operation, unknown>>)};
}
