import {BaseCommand} from '../../shell/base-command.ts';
import {loadConfig} from '../../shell/config.ts';
import {contextRows, contextView} from '../../shell/context-view.ts';

export default class ContextList extends BaseCommand {
  static override summary = 'The contexts of the configuration; * marks the current one';
  static override examples = ['<%= config.bin %> context list', '<%= config.bin %> context list -o wide'];

  override async run(): Promise<void> {
    const {flags} = await this.parse(ContextList);
    const config = await loadConfig(flags.config);
    if (config.contexts.size === 0) this.say(`No contexts in ${config.file}. Make one: brokerctl context add NAME URL`);
    await this.show({rows: contextRows(config), warnings: [], failures: []}, contextView('context list', false));
  }
}
