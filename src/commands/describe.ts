import {Args} from '@oclif/core';
import {describe} from '../operations/describe.ts';
import {descriptionView} from '../output/views/description.ts';
import {BrokerCommand} from '../shell/broker-command.ts';
import {internalFlag} from '../shell/flags.ts';

export default class Describe extends BrokerCommand {
  static override summary = 'All about a topic, queue or stream: holdings, readers, dead letters, limits';
  static override description = "With -o json it includes the broker's own record.";
  static override examples = ['<%= config.bin %> describe orders', '<%= config.bin %> describe orders -o yaml'];
  static override args = {
    destinations: Args.string({
      required: true,
      multiple: true,
      ignoreStdin: true,
      description: 'Names, globs or /regexes/',
    }),
  };
  static override flags = {...internalFlag};

  override async run(): Promise<void> {
    const {args, flags} = await this.parse(Describe);
    const {destinations} = args;
    await this.report(descriptionView, (contexts, signal) =>
      describe(contexts, {destinations, internal: flags.internal}, signal),
    );
  }
}
