import {BrokerCommand} from '../../shell/broker-command.ts';
import {testRow, testView} from '../../shell/context-test.ts';
import {nameArgs} from '../../shell/flags.ts';

export default class ContextTest extends BrokerCommand {
  static override summary = 'Connect, and show the version, the time it took, and what this login cannot do';
  static override args = {names: nameArgs('contexts, the current one without any')};
  static override examples = ['<%= config.bin %> context test prod', '<%= config.bin %> context test --all-contexts'];

  override async run(): Promise<void> {
    const {args} = await this.parse(ContextTest);
    this.flags = {...this.flags, context: [...(this.flags.context ?? []), ...(args.names ?? [])]};
    await this.report(testView, async contexts => ({rows: contexts.map(testRow), warnings: [], failures: []}));
  }
}
