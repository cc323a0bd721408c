import {Flags} from '@oclif/core';
import {isPattern} from '../model/name-filter.ts';
import {skew} from '../operations/skew.ts';
import {skewView} from '../output/views/skew.ts';
import {BrokerCommand} from '../shell/broker-command.ts';
import {duration, internalFlag, nameArgs, watchFlag} from '../shell/flags.ts';

export default class Skew extends BrokerCommand {
  static override summary = 'How evenly partitions, members and keys share the load, and why they do not';
  static override description = `Named destinations are shown with a bar for each part, others in a line each. "skewed" is what is beyond chance and 1.5 times the mean or more; "too-few" is uneven, and too little to tell. --by keys reads the newest messages and finds keys that alone fill a partition; no cursor moves.`;
  static override examples = [
    '<%= config.bin %> skew',
    '<%= config.bin %> skew orders --by rate --over 10s',
    '<%= config.bin %> skew orders --by lag',
    '<%= config.bin %> skew orders --by keys --sample 50000',
  ];
  static override args = {destinations: nameArgs('Names, globs or /regexes/; none means all')};
  static override flags = {
    by: Flags.option({
      options: ['messages', 'bytes', 'rate', 'lag', 'consumers', 'keys'] as const,
      default: 'messages',
      summary: 'What is shared',
    })(),
    over: duration({
      default: 5000,
      defaultHelp: async () => '5s',
      helpValue: '5s',
      summary: 'Between the two looks of --by rate',
    }),
    sample: Flags.integer({
      min: 1,
      default: 10_000,
      helpValue: 'N',
      summary: 'Most messages read of each destination for --by keys',
    }),
    ...internalFlag,
    ...watchFlag,
  };

  override async run(): Promise<void> {
    const {args, flags} = await this.parse(Skew);
    const {by, over: overMs, sample, internal, columns} = flags;
    const destinations = args.destinations ?? [];
    const inFull = destinations.length > 0 && !destinations.some(isPattern) && columns === undefined;
    await this.report(skewView({by, inFull}), (contexts, signal) =>
      skew(contexts, {destinations, by, overMs, sample, internal}, signal),
    );
  }
}
