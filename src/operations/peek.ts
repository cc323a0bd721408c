import {requireSupport} from '../brokers/capabilities.ts';
import type {Batch, Delivery} from '../brokers/port.ts';
import {Failure} from '../model/failure.ts';
import type {Message} from '../model/message.ts';
import type {Position} from '../model/position.ts';
import type {ContextWarning, LiveReport} from '../model/report.ts';
import type {MessageRow} from '../model/rows/message.ts';
import type {Context} from './context.ts';
import {expected} from './fan-out.ts';
import {type MessageFilter, messageFilter} from './message-filter.ts';
import {messageRow} from './message-row.ts';
import {findSources, type Source} from './sources.ts';

export interface PeekIntent extends MessageFilter {
  readonly destinations: readonly string[];
  readonly partitions: readonly string[];
  /** `null` is the first message held, or the subscription's cursor. */
  readonly from: Position | null;
  /** `null` is the end as it stands when the read starts. */
  readonly until: Position | null;
  /** Begin where this subscription will go on. */
  readonly subscription: string | null;
  /** Most messages shown, of all destinations together. */
  readonly limit: number;
  readonly internal: boolean;
}

/** What one peek has shown and met so far. */
interface Course {
  shown: number;
  readonly warnings: ContextWarning[];
  readonly failures: Failure[];
}

/** How one destination is looked at. */
interface Read {
  readonly source: Source;
  readonly byTaking: boolean;
  /** Where each partition begins, for a subscription. */
  readonly fromEach: ReadonlyMap<string | null, Position> | null;
}

/** The deliveries that a look must leave to the message's own consumers. */
const deliveriesToLeave = 2;

/** How many messages of a queue a filter looks through: all of them are held until the last has been seen. */
const mostHeld = 1000;

const batchBytes = 8 * 2 ** 20;

/**
 * Shows messages without changing anything that can be left unchanged. Where a destination can only be taken from, messages
 * are taken and returned; `warnings` says so, and at what cost, before the first row is asked for.
 * @throws {Failure} `notFound`, `unsupported`, `usage`, before any message is read
 */
export async function peek(
  contexts: readonly Context[],
  intent: PeekIntent,
  signal: AbortSignal,
): Promise<LiveReport<MessageRow>> {
  const matches = messageFilter(intent);
  const found = await findSources(contexts, {...intent, words: intent.destinations}, signal);
  const course: Course = {shown: 0, warnings: [...found.warnings], failures: [...found.failures]};
  const reads: Read[] = [];
  for (const source of found.sources) {
    const byTaking = mustTake(source, intent);
    course.warnings.push(...caveats(source, byTaking));
    const {subscription} = intent;
    const fromEach = subscription === null ? null : await cursors(source, subscription, intent, course, signal);
    reads.push({source, byTaking, fromEach});
  }
  const rows = async function* (): AsyncGenerator<readonly MessageRow[]> {
    for (const read of reads) {
      try {
        yield* read.byTaking
          ? looks(read.source, intent, matches, course, signal)
          : readings(read, intent, matches, course, signal);
      } catch (error) {
        const failure = expected(error).inContext(read.source.context.name);
        if (reads.length === 1 && course.shown === 0) throw failure;
        course.failures.push(failure);
      }
      if (course.shown >= intent.limit) return;
    }
  };
  return {rows: rows(), warnings: course.warnings, failures: course.failures};
}

/** True where there is no reading without taking. Asking such a destination for a place says why there is none. */
function mustTake({description: {capabilities, destination}}: Source, intent: PeekIntent): boolean {
  const placed = intent.from ?? intent.until ?? intent.subscription;
  const takes = capabilities['read.range'].level === 'none' && capabilities.take.level !== 'none';
  if (!takes || placed !== null || intent.partitions.length > 0) {
    requireSupport(capabilities, 'read.range', destination.name);
    for (const position of [intent.from, intent.until])
      if (position?.at === 'time') requireSupport(capabilities, 'read.byTime', destination.name);
    return false;
  }
  requireSupport(capabilities, 'settle.return', destination.name);
  return true;
}

function caveats({context, description}: Source, byTaking: boolean): ContextWarning[] {
  const {name} = description.destination;
  const asked = byTaking ? (['take', 'settle.return'] as const) : (['read.range'] as const);
  const costs = asked.flatMap(operation => requireSupport(description.capabilities, operation, name) ?? []);
  const said = costs.map(message => ({code: 'emulated', context: context.name, message: `${name}: ${message}`}));
  if (!byTaking) return said;
  const message = `${name} cannot be read without taking: its messages are taken, shown and returned`;
  return [{code: 'taken', context: context.name, message}, ...said];
}

async function* readings(
  {source: {context, description, partitions}, fromEach}: Read,
  intent: PeekIntent,
  matches: ((message: Message) => boolean) | null,
  course: Course,
  signal: AbortSignal,
): AsyncGenerator<readonly MessageRow[]> {
  const {destination} = description;
  const {reader} = context.broker;
  if (!reader) throw new TypeError(`${context.broker.driver.system} says that it reads and has no reader`);
  const left = intent.limit - course.shown;
  // A few of each partition show more of a destination than many of one.
  const share = Math.ceil(left / Math.max(1, partitions?.length ?? destination.partitions.length));
  const batches = reader.read(
    {
      destination: destination.name,
      ...(partitions && {partitions}),
      from: intent.from ?? {at: 'earliest'},
      ...(fromEach && {fromEach}),
      until: intent.until ?? {at: 'latest'},
      follow: false,
    },
    {batchMessages: matches ? 500 : share, batchBytes, messages: matches ? null : left},
    signal,
  );
  for await (const batch of batches) {
    course.failures.push(...problems(context, batch));
    yield take(context, batch.messages, intent, matches, course);
    if (course.shown >= intent.limit) return;
  }
}

/** The rows of the messages that are meant, as many as may still be shown. */
function take(
  context: Context,
  messages: readonly Message[],
  {limit}: PeekIntent,
  matches: ((message: Message) => boolean) | null,
  course: Course,
): MessageRow[] {
  const meant = (matches ? messages.filter(matches) : messages).slice(0, limit - course.shown);
  course.shown += meant.length;
  return meant.map(message => messageRow(context, message));
}

export function problems(context: Context, {problem}: Batch): Failure[] {
  return problem ? [problem.inContext(context.name)] : [];
}

/** Where each partition goes on for a subscription. */
async function cursors(
  {context, description}: Source,
  name: string,
  {from}: PeekIntent,
  course: Course,
  signal: AbortSignal,
): Promise<ReadonlyMap<string | null, Position>> {
  const destination = description.destination.name;
  if (from) throw new Failure('usage', '--subscription and --from both say where to begin', {hints: ['Give one.']});
  const {inspector, driver, capabilities} = context.broker;
  requireSupport(capabilities, 'inspect.lag', context.name);
  const {items} = await inspector.subscriptions(
    {names: exactly(name), destinations: exactly(destination), internal: true},
    signal,
  );
  const progress = items.flatMap(item => item.progress).filter(line => line.destination === destination);
  if (progress.length === 0) {
    throw new Failure(
      'notFound',
      `${driver.terms.subscription} "${name}" has no progress in ${destination} on ${context.name}`,
      {
        hints: [`See who reads it: brokerctl lag --destination ${destination}`],
      },
    );
  }
  const without = progress.filter(({position}) => position === null).map(({partition}) => partition ?? destination);
  if (without.length > 0) {
    const message = `${name} has no cursor in ${without.join(', ')} of ${destination}: shown from the first message held`;
    course.warnings.push({code: 'noCursor', context: context.name, message});
  }
  return new Map(
    progress.flatMap(({partition, position}) =>
      position === null ? [] : [[partition, {at: 'native', token: position} as const]],
    ),
  );
}

/** Takes messages, shows them and returns them all at the end: one returned sooner would be taken again. */
async function* looks(
  {context, description: {destination}}: Source,
  intent: PeekIntent,
  matches: ((message: Message) => boolean) | null,
  course: Course,
  signal: AbortSignal,
): AsyncGenerator<readonly MessageRow[]> {
  const {taker} = context.broker;
  if (!taker) throw new TypeError(`${context.broker.driver.system} says that it takes and has no taker`);
  const limit = matches ? mostHeld : intent.limit - course.shown;
  const held: Delivery[] = [];
  let fewest = Number.POSITIVE_INFINITY;
  try {
    for await (const deliveries of taker.take(destination.name, {window: limit, limit}, signal)) {
      held.push(...deliveries);
      const messages = deliveries.map(({message}) => message);
      yield take(context, messages, intent, matches, course);
      fewest = Math.min(fewest, ...deliveries.flatMap(({returnsLeft}) => returnsLeft ?? []));
      if (fewest <= deliveriesToLeave || course.shown >= intent.limit) break;
    }
  } finally {
    // Also when the look is interrupted: a closed connection would return them too, but later.
    const outcomes = await taker.settle(held, 'return', AbortSignal.timeout(10_000));
    const failed = outcomes.flatMap(outcome => (outcome.status === 'done' ? [] : [outcome.failure]));
    course.failures.push(...failed.map(failure => failure.inContext(context.name)));
  }
  if (fewest <= deliveriesToLeave) throw nearlySpent(destination.name, fewest);
  if (matches && course.shown < intent.limit) {
    const message = `The conditions were tried on the first ${mostHeld} messages of ${destination.name} at most`;
    course.warnings.push({code: 'partial', context: context.name, message});
  }
}

function nearlySpent(destination: string, left: number): Failure {
  return new Failure('unsupported', `${destination} was not looked at further: a message has ${left} returns left`, {
    broker: 'each look counts as a delivery, and after the last one the broker dead-letters or drops the message',
    hints: ['Let its consumers handle it, or raise the delivery limit before looking again.'],
  });
}

function exactly(name: string) {
  return {matches: (other: string) => other === name, exact: [name]};
}
