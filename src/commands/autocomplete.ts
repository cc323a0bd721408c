import {Args} from '@oclif/core';
import {BaseCommand} from '../shell/base-command.ts';
import {completionScripts, type Shell} from '../shell/completion.ts';

export default class Autocomplete extends BaseCommand {
  static override summary = 'Print the script that completes command lines in your shell';
  static override description = 'It completes commands, flags, their values and the names of contexts.';
  static override args = {
    shell: Args.string({
      options: Object.keys(completionScripts),
      required: true,
      ignoreStdin: true,
      description: 'your shell',
    }),
  };
  static override examples = [
    "echo 'source <(<%= config.bin %> autocomplete bash)' >> ~/.bashrc",
    "echo 'source <(<%= config.bin %> autocomplete zsh)' >> ~/.zshrc",
    '<%= config.bin %> autocomplete fish > ~/.config/fish/completions/<%= config.bin %>.fish',
  ];

  override async run(): Promise<void> {
    const {args} = await this.parse(Autocomplete);
    await this.write(completionScripts[args.shell as Shell]);
  }
}
