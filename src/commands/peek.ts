import {Args, Flags} from '@oclif/core';
import {isPattern} from '../model/name-filter.ts';
import {peek} from '../operations/peek.ts';
import {messagesView} from '../output/views/messages.ts';
import {BrokerCommand} from '../shell/broker-command.ts';
import {internalFlag} from '../shell/flags.ts';
import {messageFlags, rangeFlags} from '../shell/message-flags.ts';

export default class Peek extends BrokerCommand {
  static override summary = 'Show messages without consuming them';
  static override description =
    'Ten of the oldest, unless told otherwise. No group is joined and no cursor moves. A queue that can only be taken from has its messages taken and returned; the cost of that is said before.';
  static override examples = [
    '<%= config.bin %> peek orders',
    '<%= config.bin %> peek orders:3 --from -5',
    '<%= config.bin %> peek orders --from @-15m --key customer-7 --limit 100 -o ndjson',
    '<%= config.bin %> peek orders --subscription billing',
  ];
  static override args = {
    destinations: Args.string({
      required: true,
      multiple: true,
      ignoreStdin: true,
      description: 'Names, globs or /regexes/; NAME:3 is one partition',
    }),
  };
  static override flags = {
    ...rangeFlags,
    ...messageFlags,
    limit: Flags.integer({min: 1, default: 10, helpValue: 'N', summary: 'Most messages shown'}),
    subscription: Flags.string({helpValue: 'NAME', summary: 'Begin where this subscription will go on'}),
    ...internalFlag,
  };

  override async run(): Promise<void> {
    const {args, flags} = await this.parse(Peek);
    const {destinations} = args;
    const {from = null, until = null, partition: partitions = [], header: headers = []} = flags;
    const {key = null, subscription = null, limit, internal} = flags;
    const intent = {destinations, partitions, from, until, key, headers, subscription, limit, internal};
    const several = destinations.length > 1 || destinations.some(isPattern);
    await this.report(messagesView({command: 'peek', several}), (contexts, signal) => peek(contexts, intent, signal));
  }
}
