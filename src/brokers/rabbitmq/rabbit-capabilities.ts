import {emulated, native, none} from '../capabilities.ts';
import type {Capabilities, Support} from '../capabilities.ts';
import {headerSupport} from './header-support.ts';

const noPositions = none(
  'a queue has no positions: each message goes to one consumer, and is gone once acknowledged',
  'Use peek: it takes messages and puts them back.',
);
const noCursor = none(
  'a queue has no cursor: what was acknowledged is gone, and what was not is still in it',
  'Publish again what is to be delivered again; a stream keeps what was read.',
);
const notYet = (what: string, instead: string): Support => none(`brokerctl does not ${what} yet`, instead);

/** The most that a RabbitMQ server can do, with the management API and with streams. */
export const rabbitCapabilities: Capabilities = {
  'inspect.depth': native,
  'inspect.bytes': emulated('bytes are from management statistics up to 10 s old, and streams have none'),
  'inspect.lag': native,
  'inspect.inFlight': native,
  'inspect.age': emulated(
    "only a classic queue tells the age of its first message, by the publisher's timestamp, from statistics up to 10 s old",
  ),
  'inspect.members': native,
  'inspect.deadLetters': native,
  'read.range': native,
  'read.byTime': emulated('a stream finds a time to the chunk, and reading from there passes over older messages'),
  'read.follow': native,
  take: native,
  'settle.accept': native,
  'settle.return': emulated(
    'a message that is put back is marked as redelivered, and before RabbitMQ 4.3 a quorum queue counts it towards its delivery limit; one at the limit is written anew at the tail',
  ),
  'write.confirmed': native,
  'write.partition': none('a queue has no partitions'),
  'write.key': none(
    'an AMQP message has no key, and its routing key is the queue that it is sent to',
    'Put the key into a header.',
  ),
  'write.headers': native,
  'write.timestamp': emulated('an AMQP timestamp is in whole seconds'),
  'write.exactlyOnce': none('AMQP transactions do not span queues, and RabbitMQ does not weed out duplicates'),
  'cursor.move': noCursor,
  'cursor.moveByTime': noCursor,
  'purge.all': notYet('purge queues', 'Use rabbitmqctl purge_queue QUEUE: it removes ready messages only.'),
  'purge.before': none('a queue has no positions to cut at, and a stream is cut by its own retention only'),
  'purge.selection': notYet('purge chosen messages', 'Take them out with a consumer of your own.'),
  forward: notYet('copy without decoding', 'Use a shovel.'),
};

/** What is left when only AMQP answers. */
export function withoutManagement(capabilities: Capabilities): Capabilities {
  const missing = none(
    'only the management API tells, and it is not there',
    'Say where it is: amqp://host/vhost?management=http://host:15672',
  );
  const named = emulated('without the management API, only queues that are named in full are seen');
  return {
    ...capabilities,
    'inspect.depth': named,
    'inspect.lag': named,
    'inspect.members': named,
    'inspect.bytes': missing,
    'inspect.inFlight': missing,
    'inspect.age': missing,
    'inspect.deadLetters': missing,
  };
}

/** What can be done to one queue: a stream is read and not taken from, the others the other way round. */
export function narrowToQueue(capabilities: Capabilities, type: string | null): Capabilities {
  if (type === null) return capabilities;
  if (type === 'stream') {
    const kept = none('a stream keeps what was read until its retention removes it', 'Use peek and tail to look.');
    return {
      ...capabilities,
      take: kept,
      'settle.accept': kept,
      'settle.return': kept,
      'write.headers': headerSupport('stream', null),
      'inspect.bytes': none('the management API has no bytes of a stream'),
      'inspect.inFlight': none('a stream does not track what its consumers hold'),
      'inspect.age': none('a stream does not tell how old its first message is', 'Read it: peek --from earliest'),
      'purge.all': none('a stream cannot be purged', 'Delete it and make it anew, or set max-age.'),
      'cursor.move': none(
        'a stream consumer chooses its offset itself when it attaches',
        'Start it with another x-stream-offset.',
      ),
      'cursor.moveByTime': none(
        'a stream consumer chooses its offset itself when it attaches',
        'Start it with a timestamp as x-stream-offset.',
      ),
    };
  }
  const ages =
    type === 'classic' ? {} : {'inspect.age': none(`a ${type} queue does not tell how old its first message is`)};
  return {...capabilities, 'read.range': noPositions, 'read.byTime': noPositions, 'read.follow': noPositions, ...ages};
}
