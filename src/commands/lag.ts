import {Flags} from '@oclif/core';
import {lag} from '../operations/lag.ts';
import {lagView} from '../output/views/lag.ts';
import {BrokerCommand} from '../shell/broker-command.ts';
import {duration, internalFlag, nameArgs, watchFlag} from '../shell/flags.ts';

export default class Lag extends BrokerCommand {
  static override summary = 'How far consumer groups, consumers and subscriptions are behind';
  static override description = `One row per subscription, per destination it reads, or per partition. One look tells what is certain: no-members, no-cursor, lost, idle. Two looks (--over) tell whether it reads, keeps up, stands still or will lose messages, and give rates and the time until it is drained.`;
  static override examples = [
    '<%= config.bin %> lag',
    '<%= config.bin %> lag billing --by partition --age',
    '<%= config.bin %> lag "billing-*" --destination orders --over 10s',
  ];
  static override args = {subscriptions: nameArgs('Names, globs or /regexes/; none means all')};
  static override flags = {
    by: Flags.option({
      options: ['subscription', 'destination', 'partition'] as const,
      default: 'subscription',
      summary: 'What a row is',
    })(),
    destination: Flags.string({
      multiple: true,
      multipleNonGreedy: true,
      helpValue: 'NAME',
      summary: 'Only progress in this destination; a glob, /regex/ or NAME:3 too; repeatable',
    }),
    age: Flags.boolean({summary: 'Also the age of the first unread message; costs more'}),
    over: duration({
      helpValue: '10s',
      summary: 'Look twice, so far apart: rates, time to drain, time to loss and state',
    }),
    ...internalFlag,
    ...watchFlag,
  };

  override async run(): Promise<void> {
    const {args, flags} = await this.parse(Lag);
    const {by, age, internal, destination: destinations = [], over: overMs = null} = flags;
    const intent = {subscriptions: args.subscriptions ?? [], destinations, by, age, internal, overMs};
    await this.report(lagView({by, age, over: overMs !== null}), (contexts, signal) => lag(contexts, intent, signal));
  }
}
