import {Flags} from '@oclif/core';
import {depth} from '../operations/depth.ts';
import {depthView} from '../output/views/depth.ts';
import {BrokerCommand} from '../shell/broker-command.ts';
import {internalFlag, nameArgs, watchFlag} from '../shell/flags.ts';

export default class Depth extends BrokerCommand {
  static override summary = 'How many messages topics, queues and streams hold';
  static override description =
    'One row per destination, or per partition with --by partition. A sum over a partition that could not be read is unknown, and a warning names the partition.';
  static override examples = [
    '<%= config.bin %> depth',
    '<%= config.bin %> depth "orders-*" --by partition',
    '<%= config.bin %> depth orders:3 --age -o json',
  ];
  static override args = {destinations: nameArgs('Names, globs or /regexes/; NAME:3 is one partition; none means all')};
  static override flags = {
    by: Flags.option({
      options: ['destination', 'partition'] as const,
      default: 'destination',
      summary: 'What a row is',
    })(),
    age: Flags.boolean({summary: 'Also the age of the oldest message; costs more'}),
    ...internalFlag,
    ...watchFlag,
  };

  override async run(): Promise<void> {
    const {args, flags} = await this.parse(Depth);
    const {by, age, internal} = flags;
    const destinations = args.destinations ?? [];
    await this.report(depthView({by, age}), (contexts, signal) =>
      depth(contexts, {destinations, by, age, internal}, signal),
    );
  }
}
