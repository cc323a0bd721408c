import {BaseCommand} from '../shell/base-command.ts';
import {completions} from '../shell/completion.ts';
import {loadConfig} from '../shell/config.ts';

export default class Complete extends BaseCommand {
  static override hidden = true;
  static override summary = 'The words that may stand last in a command line; the scripts of autocomplete call it';
  static override strict = false;

  override async run(): Promise<void> {
    // What stands after -- is somebody's unfinished command line, not flags of this one.
    const words = this.argv.slice(this.argv.indexOf('--') + 1);
    const contexts = async (): Promise<string[]> => {
      const config = await loadConfig(process.env['BROKERCTL_CONFIG']);
      return [...config.contexts.keys()];
    };
    const found = await completions(words, {commands: this.config.commands, contexts});
    await this.write(found.map(word => `${word}\n`).join(''));
  }
}
