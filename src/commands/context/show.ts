import {Failure} from '../../model/failure.ts';
import {BaseCommand} from '../../shell/base-command.ts';
import {loadConfig} from '../../shell/config.ts';
import {contextRows, contextView} from '../../shell/context-view.ts';
import {contextNamed} from '../../shell/contexts.ts';
import {optionalNameArg} from '../../shell/flags.ts';

export default class ContextShow extends BaseCommand {
  static override summary = 'One context in full, the current one without a name; secrets are never shown';
  static override args = {name: optionalNameArg('context')};
  static override examples = ['<%= config.bin %> context show prod'];

  override async run(): Promise<void> {
    const {args, flags} = await this.parse(ContextShow);
    const config = await loadConfig(flags.config);
    const name = args.name ?? config.current;
    if (name === null) {
      throw new Failure('usage', 'No context is current', {
        hints: ['Name one, or choose one: brokerctl context use NAME'],
      });
    }
    contextNamed(name, config);
    const rows = contextRows(config).filter(row => row.name === name);
    await this.show({rows, warnings: [], failures: []}, contextView('context show', true));
  }
}
