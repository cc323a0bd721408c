import {BaseCommand} from '../../shell/base-command.ts';
import {changeConfig} from '../../shell/config.ts';
import {contextNamed} from '../../shell/contexts.ts';
import {nameArg} from '../../shell/flags.ts';

export default class ContextRemove extends BaseCommand {
  static override summary = 'Take a context out of the configuration; nothing happens to the broker';
  static override args = {name: nameArg('context')};
  static override examples = ['<%= config.bin %> context remove old'];

  override async run(): Promise<void> {
    const {args, flags} = await this.parse(ContextRemove);
    let wasCurrent = false;
    const file = await changeConfig(flags.config, (document, config) => {
      contextNamed(args.name, config);
      wasCurrent = config.current === args.name;
      document.deleteIn(['contexts', args.name]);
      if (wasCurrent) document.delete('current');
    });
    this.say(`Removed ${args.name} from ${file}.${wasCurrent ? ' No context is current now.' : ''}`);
  }
}
