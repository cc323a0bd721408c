import {Args, Flags} from '@oclif/core';
import {BaseCommand} from '../../shell/base-command.ts';
import {importContexts, importView, sources, type Tool} from '../../shell/import/import-contexts.ts';

export default class ContextImport extends BaseCommand {
  static override summary = "Take over the brokers of another tool's configuration";
  static override description =
    'Passwords and tokens go to files of their own beside the configuration, readable by you alone.';
  static override args = {
    tool: Args.string({
      options: Object.keys(sources),
      required: true,
      ignoreStdin: true,
      description: 'whose configuration',
    }),
  };
  static override flags = {
    from: Flags.string({helpValue: 'FILE', summary: 'The file, where it is not in its usual place'}),
    prefix: Flags.string({default: '', helpValue: 'TEXT', summary: 'Put before every name'}),
    force: Flags.boolean({char: 'f', summary: 'Replace contexts of the same name'}),
    'dry-run': Flags.boolean({summary: 'Show what would be added, and stop'}),
  };
  static override examples = [
    '<%= config.bin %> context import kcl --dry-run',
    '<%= config.bin %> context import rabbitmqadmin --prefix rabbit-',
  ];

  override async run(): Promise<void> {
    const {args, flags} = await this.parse(ContextImport);
    const {'dry-run': dryRun, from, prefix, force, config} = flags;
    const rows = await importContexts(args.tool as Tool, {from, prefix, force, dryRun, config});
    await this.show({rows, warnings: [], failures: []}, importView);
  }
}
