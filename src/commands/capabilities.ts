import {Args} from '@oclif/core';
import {capabilitiesOf, capabilityRows} from '../operations/capabilities.ts';
import {capabilityMatrix, capabilityView} from '../output/views/capabilities.ts';
import {BrokerCommand} from '../shell/broker-command.ts';
import {allDrivers} from '../shell/drivers.ts';

export default class Capabilities extends BrokerCommand {
  static override summary = 'What each broker can do, what is emulated at what cost, and what is impossible';
  static override description =
    'Without a context, the most that any server of each system can do. With one, what its server answered; with a destination, what can be done with that.';
  static override examples = [
    '<%= config.bin %> capabilities',
    '<%= config.bin %> capabilities -c production',
    '<%= config.bin %> capabilities orders -o json',
  ];
  static override args = {
    destination: Args.string({ignoreStdin: true, description: 'A topic, queue or stream of the context'}),
  };

  override async run(): Promise<void> {
    const {args, flags} = await this.parse(Capabilities);
    const {destination = null} = args;
    if (destination !== null || flags.context || flags.url || flags['all-contexts']) {
      return this.report(capabilityView, (contexts, signal) => capabilitiesOf(contexts, destination, signal));
    }
    const rows = capabilityRows(await allDrivers());
    const report = {warnings: [], failures: []};
    const {format} = this.renderOptions;
    if (format !== 'table' && format !== 'wide') return this.show({...report, rows}, capabilityView);
    const matrix = capabilityMatrix(rows);
    return this.show({...report, rows: matrix.rows}, matrix.view);
  }
}
