import {Flags} from '@oclif/core';
import {depth} from '../operations/depth.ts';
import {lag} from '../operations/lag.ts';
import {depthView} from '../output/views/depth.ts';
import {lagView} from '../output/views/lag.ts';
import {BrokerCommand} from '../shell/broker-command.ts';
import {demoFolder, demoView, nameDemo, prepareDemo} from '../shell/demo.ts';

const next = `
Try:
  brokerctl lag -c demo --over 5s --by partition   rates, time to drain, and who stands still
  brokerctl peek payments -c demo                  messages, decoded; nothing is consumed
  brokerctl describe orders -c demo                one destination in full
  brokerctl tail orders -c demo --from -5          the newest ones, and those to come
  brokerctl capabilities                           what each broker can do, and why it cannot
`;

export default class Demo extends BrokerCommand {
  static override summary = 'Make a shop of messages in a folder to try everything on, without a server';
  static override description =
    'Topics, queues and readers with a lagging one, a stuck one, a hot partition and dead letters. It gets the context `demo`, which becomes the current one when there is none. A demo that is there already is kept.';
  static override examples = ['<%= config.bin %> demo', '<%= config.bin %> demo --dir ./shop --seed 7 --fresh'];
  static override flags = {
    dir: Flags.string({helpValue: 'DIR', summary: 'Folder to make it in'}),
    seed: Flags.integer({min: 0, helpValue: 'N', summary: 'The same seed tells the same story; 1 unless given'}),
    fresh: Flags.boolean({summary: 'Make it anew, dropping what was tried in it'}),
  };

  override async run(): Promise<void> {
    const {flags} = await this.parse(Demo);
    const row = await prepareDemo(demoFolder(flags.dir), flags.seed, flags.fresh);
    await nameDemo(flags.config, row.url);
    if (!['table', 'wide'].includes(this.renderOptions.format)) {
      return this.show({rows: [row], warnings: [], failures: []}, demoView);
    }
    this.say(`${row.isNew ? 'Made a demo in' : 'The demo is in'} ${row.folder}; its context is "demo".`);
    this.flags = {...this.flags, context: ['demo']};
    await this.withContexts(async (contexts, signal) => {
      this.say('\n$ brokerctl depth -c demo');
      const byDestination = {by: 'destination', age: true, internal: false} as const;
      await this.show(await depth(contexts, {...byDestination, destinations: []}, signal), depthView(byDestination));
      this.say('\n$ brokerctl lag -c demo --age');
      const bySubscription = {by: 'subscription', age: true, internal: false} as const;
      const intent = {...bySubscription, subscriptions: [], destinations: [], overMs: null};
      await this.show(await lag(contexts, intent, signal), lagView({...bySubscription, over: false}));
    });
    this.say(next);
  }
}
