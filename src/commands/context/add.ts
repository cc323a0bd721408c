import {Args, Flags} from '@oclif/core';
import {parseAddress} from '../../model/address.ts';
import {BaseCommand} from '../../shell/base-command.ts';
import {changeConfig} from '../../shell/config.ts';
import {checkNewContext, putContext} from '../../shell/context-edit.ts';
import {nameArg} from '../../shell/flags.ts';

export default class ContextAdd extends BaseCommand {
  static override summary = 'Name a broker. Secrets are not taken here: say where they are kept';
  static override args = {
    name: nameArg('name to give'),
    url: Args.string({required: true, ignoreStdin: true, description: 'broker URL, such as kafka://h1:9092,h2:9092'}),
  };
  static override flags = {
    force: Flags.boolean({char: 'f', summary: 'Replace a context of that name'}),
    use: Flags.boolean({summary: 'Make it the current context (the first one always is)'}),
    protected: Flags.boolean({summary: "Destructive work must be confirmed with the destination's name"}),
    readonly: Flags.boolean({summary: 'Allow no change through this context'}),
    label: Flags.string({multiple: true, multipleNonGreedy: true, helpValue: 'K=V', summary: 'Label; repeatable'}),
    username: Flags.string({helpGroup: 'LOGIN', summary: 'User name'}),
    'password-file': Flags.string({
      helpGroup: 'LOGIN',
      helpValue: 'FILE',
      summary: 'File whose first line is the password',
    }),
    'password-env': Flags.string({
      helpGroup: 'LOGIN',
      helpValue: 'NAME',
      summary: 'Environment variable with the password',
    }),
    'password-command': Flags.string({
      helpGroup: 'LOGIN',
      helpValue: 'CMD',
      summary: 'Command that prints the password',
    }),
    'token-file': Flags.string({helpGroup: 'LOGIN', helpValue: 'FILE', summary: 'File whose first line is the token'}),
    'token-env': Flags.string({helpGroup: 'LOGIN', helpValue: 'NAME', summary: 'Environment variable with the token'}),
    'token-command': Flags.string({helpGroup: 'LOGIN', helpValue: 'CMD', summary: 'Command that prints the token'}),
    'creds-file': Flags.string({helpGroup: 'LOGIN', helpValue: 'FILE', summary: 'Credentials file (NATS)'}),
    tls: Flags.boolean({helpGroup: 'TLS', summary: 'Use TLS'}),
    ca: Flags.string({helpGroup: 'TLS', helpValue: 'FILE', summary: 'PEM of the authority to trust'}),
    cert: Flags.string({helpGroup: 'TLS', helpValue: 'FILE', summary: 'PEM of the client certificate'}),
    key: Flags.string({helpGroup: 'TLS', helpValue: 'FILE', summary: "PEM of the client certificate's key"}),
    'server-name': Flags.string({helpGroup: 'TLS', helpValue: 'NAME', summary: 'Name the certificate must have'}),
    insecure: Flags.boolean({helpGroup: 'TLS', summary: 'Accept any certificate: only for a test machine'}),
  };
  static override examples = [
    '<%= config.bin %> context add local kafka://localhost:9092',
    '<%= config.bin %> context add prod amqps://app@rabbit.example.com/orders --password-command "pass show rabbit" --protected',
  ];

  override async run(): Promise<void> {
    const {args, flags} = await this.parse(ContextAdd);
    const wanted = checkNewContext(args.name, args.url, flags);
    let isCurrent = false;
    const file = await changeConfig(flags.config, (document, config) => {
      isCurrent = putContext(document, config, args.name, wanted, flags);
    });
    this.say(`Added ${args.name} to ${file}.${isCurrent ? ' It is the current context.' : ''}`);
    if (parseAddress(args.url).password) {
      this.say(
        'Warning: the password is in the configuration as it is; --password-file, -env or -command keep it elsewhere.',
      );
    }
    this.say(`Try it: brokerctl context test ${args.name}`);
  }
}
