import {BaseCommand} from '../shell/base-command.ts';
import type {View} from '../output/view.ts';

interface Row {
  readonly version: string;
  readonly node: string;
  readonly platform: string;
}

const view: View<Row> = {
  command: 'version',
  columns: [
    {key: 'version', heading: 'Version', value: row => row.version},
    {key: 'node', heading: 'Node', value: row => row.node},
    {key: 'platform', heading: 'Platform', value: row => row.platform},
  ],
};

export default class Version extends BaseCommand {
  static override summary = 'The versions of brokerctl and Node, for a bug report';

  override async run(): Promise<void> {
    await this.parse(Version);
    const row = {
      version: this.config.version,
      node: process.versions.node,
      platform: `${process.platform}-${process.arch}`,
    };
    await this.show({rows: [row], warnings: [], failures: []}, view);
  }
}
