import {emulated, native, none} from '../capabilities.ts';
import type {Capabilities} from '../capabilities.ts';

const notYet = (what: string, instead: string) => none(`brokerctl does not ${what} yet`, instead);

const taking = notYet(
  'take messages out of JetStream streams',
  'Look with brokerctl peek, which takes nothing; take with nats consumer next.',
);
const moving = notYet('move JetStream consumers', 'Use nats consumer reset (server 2.14), or make the consumer anew.');

/** What a JetStream server can do; older ones read and write the same way, only slower. */
export const natsCapabilities: Capabilities = {
  'inspect.depth': native,
  'inspect.bytes': native,
  'inspect.lag': native,
  'inspect.inFlight': native,
  'inspect.age': emulated('reads the first undelivered message of each consumer for its time'),
  'inspect.members': emulated(
    'JetStream counts pull requests that wait and not clients: a client may have several, and one that is busy has none',
  ),
  'inspect.deadLetters': emulated(
    'JetStream has no dead letters: streams that keep its max-deliveries advisories and streams with the names of dead letters are shown',
  ),
  'read.range': native,
  'read.byTime': native,
  'read.follow': emulated(
    'asks five times a second: a message that is acknowledged and removed in between is not seen',
  ),
  take: taking,
  'settle.accept': taking,
  'settle.return': taking,
  'write.confirmed': native,
  'write.partition': none('a stream has no partitions', 'Give the message the subject that your consumers filter by.'),
  'write.key': none('a NATS message has a subject and no key'),
  'write.headers': emulated(
    'NATS headers are texts: another type is written as its text; names that begin with Nats- are orders to the server and are left out',
  ),
  'write.timestamp': none('the server puts its own time on each message that it stores'),
  'write.exactlyOnce': none(
    'JetStream has no transaction over a message and a ledger entry',
    'Messages with an id (Nats-Msg-Id) are stored once within the duplicate window of the stream.',
  ),
  'cursor.move': moving,
  'cursor.moveByTime': moving,
  'purge.all': notYet('purge streams', 'Use nats stream purge.'),
  'purge.before': notYet('purge streams', 'Use nats stream purge --seq.'),
  'purge.selection': notYet('delete single messages of streams', 'Use nats stream rmm.'),
  forward: notYet('copy without decoding', 'Use a stream with sources.'),
};
