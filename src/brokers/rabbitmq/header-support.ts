import {Failure} from '../../model/failure.ts';
import type {Header} from '../../model/message.ts';
import {emulated, native} from '../capabilities.ts';
import type {Support} from '../capabilities.ts';
import {isAtLeast} from './queue-facts.ts';
import type {QueueFacts} from './queue-facts.ts';

/*
 * What servers do to headers without a word, seen on 3.10 and 4.0. Since messages are kept in one form for all protocols
 * (3.13), a server sorts headers by name, and of several with one name it keeps the first. A stream keeps messages in the
 * AMQP 1.0 format on every version: it sorts, leaves out tables and arrays, and the server closes the whole connection
 * on a decimal. What would be lost is refused; only the order is given up.
 */

/** How well a queue of this type keeps headers. */
export function headerSupport(type: QueueFacts['type'], version: string | null): Support {
  if (type === 'stream') {
    return emulated(
      'a stream keeps headers sorted by name, and cannot hold tables, arrays, decimals or repeated names',
    );
  }
  return sortsHeaders(version)
    ? emulated('the server keeps headers sorted by name, and cannot hold two of one name')
    : native;
}

/** @throws {Failure} `data` on a header that would be lost, or that would do more than be kept */
export function requireKept(headers: readonly Header[], type: QueueFacts['type'], version: string | null): void {
  const routing = headers.find(({name}) => name === 'CC' || name === 'BCC');
  if (routing) throw refused(routing, 'would send copies of the message to other queues');
  const lost =
    type === 'stream' ? headers.find(header => ['table', 'array', 'decimal'].includes(header.type)) : undefined;
  if (lost) throw refused(lost, `is of type ${lost.type}, which a stream cannot hold`);
  if (type !== 'stream' && !sortsHeaders(version)) return;
  const names = new Set<string>();
  for (const header of headers) {
    if (names.has(header.name)) throw refused(header, 'is there twice, and the server would keep one of them');
    names.add(header.name);
  }
}

function sortsHeaders(version: string | null): boolean {
  return version === null || isAtLeast(version, 3, 13);
}

function refused(header: Header, why: string): Failure {
  return new Failure('data', `The header "${header.name}" ${why}`, {
    hints: [`Leave it out: --strip-header ${header.name}`],
  });
}
