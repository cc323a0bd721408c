import {Failure} from '../model/failure.ts';

/**
 * How well a broker supports an operation.
 * `native`: the broker does it. `emulated`: brokerctl does it, and `caveat` says at what cost or with what doubt; the user
 * sees it before confirming and in `warnings[]`. `none`: it cannot be done, `because`, and `instead` names the way round.
 */
export type Support =
  | {readonly level: 'native'}
  | {readonly level: 'emulated'; readonly caveat: string}
  | {readonly level: 'none'; readonly because: string; readonly instead?: string};

/** Every operation that a broker may be asked for, with what it means. The order is that of the matrix. */
export const operations = {
  'inspect.depth': 'messages held by each destination',
  'inspect.bytes': 'bytes held by each destination',
  'inspect.lag': 'messages each subscription has yet to get',
  'inspect.inFlight': 'messages delivered and not yet settled',
  'inspect.age': 'age of the first unread message',
  'inspect.members': 'who is connected to a subscription',
  'inspect.deadLetters': 'where dead letters go, read from the broker',
  'read.range': 'look at messages without taking them',
  'read.byTime': 'begin at a time',
  'read.follow': 'wait for new messages and show them',
  take: 'take messages out, each to be accepted or returned',
  'settle.accept': 'accept a taken message: it is gone from the broker',
  'settle.return': 'return a taken message to where it was',
  'write.confirmed': "write, and know from the broker's confirmation that it is stored",
  'write.partition': 'choose the partition',
  'write.key': 'keep the key',
  'write.headers': 'keep headers, their order, repeats and types',
  'write.timestamp': "keep the message's own timestamp",
  'write.exactlyOnce': 'write a batch and its ledger entry in one transaction',
  'cursor.move': "move a subscription's cursor to a position",
  'cursor.moveByTime': "move a subscription's cursor to a time",
  'purge.all': 'delete all messages of a destination',
  'purge.before': 'delete the messages before a position',
  'purge.selection': 'delete chosen messages',
  forward: 'copy a range to another destination without decoding it',
} as const;

export type Operation = keyof typeof operations;

/** A total record: an operation that is not in it does not compile. */
export type Capabilities = Readonly<Record<Operation, Support>>;

export const native: Support = {level: 'native'};
export const emulated = (caveat: string): Support => ({level: 'emulated', caveat});
export const none = (because: string, instead?: string): Support =>
  instead === undefined ? {level: 'none', because} : {level: 'none', because, instead};

/**
 * The one guard: call it before asking a broker for an operation, with no I/O done yet.
 * @returns the caveat to show when the operation is emulated, else `null`.
 * @throws {Failure} `unsupported`, with the driver's own reason.
 */
export function requireSupport(capabilities: Capabilities, operation: Operation, on: string): string | null {
  const support = capabilities[operation];
  if (support.level === 'none') {
    throw new Failure('unsupported', `${on} cannot ${operations[operation]}`, {
      broker: support.because,
      hints: support.instead === undefined ? [] : [support.instead],
    });
  }
  return support.level === 'emulated' ? support.caveat : null;
}
