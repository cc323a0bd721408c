import {Args, Flags} from '@oclif/core';
import {Failure} from '../model/failure.ts';
import {isPattern} from '../model/name-filter.ts';
import {tail} from '../operations/tail.ts';
import {messagesView} from '../output/views/messages.ts';
import {BrokerCommand} from '../shell/broker-command.ts';
import {internalFlag} from '../shell/flags.ts';
import {messageFlags, rangeFlags} from '../shell/message-flags.ts';

export default class Tail extends BrokerCommand {
  static override summary = 'Show messages as they arrive, until interrupted';
  static override description = 'From the end, unless told otherwise, over all partitions. No group is joined.';
  static override examples = [
    '<%= config.bin %> tail orders',
    '<%= config.bin %> tail "orders-*" payments --from @-5m -o ndjson',
    '<%= config.bin %> tail orders --header ce_type=order.cancelled --limit 1',
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
    from: rangeFlags.from,
    ...messageFlags,
    limit: Flags.integer({min: 1, helpValue: 'N', summary: 'Stop after so many messages'}),
    ...internalFlag,
  };

  override async run(): Promise<void> {
    const {args, flags} = await this.parse(Tail);
    const {destinations} = args;
    const {from = {at: 'latest'} as const, partition: partitions = [], header: headers = [], key = null} = flags;
    const {limit = null, internal} = flags;
    const {format} = this.renderOptions;
    if (limit === null && (format === 'json' || format === 'yaml')) {
      throw new Failure('usage', `tail has no end, and -o ${format} is one document`, {
        hints: ['Use -o ndjson, one message a line, or --limit N.'],
      });
    }
    const several = destinations.length > 1 || destinations.some(isPattern);
    await this.report(messagesView({command: 'tail', several}), (contexts, signal) =>
      tail(contexts, {destinations, partitions, from, headers, key, limit, internal}, signal),
    );
  }
}
