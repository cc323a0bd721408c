import {BaseCommand} from '../../shell/base-command.ts';
import {changeConfig} from '../../shell/config.ts';
import {contextNamed} from '../../shell/contexts.ts';
import {nameArg} from '../../shell/flags.ts';

export default class ContextUse extends BaseCommand {
  static override summary = 'Make a context the current one, which commands use when none is named';
  static override args = {name: nameArg('context')};
  static override examples = ['<%= config.bin %> context use prod'];

  override async run(): Promise<void> {
    const {args, flags} = await this.parse(ContextUse);
    await changeConfig(flags.config, (document, config) => {
      contextNamed(args.name, config);
      document.set('current', args.name);
    });
    this.say(`The current context is now ${args.name}.`);
  }
}
