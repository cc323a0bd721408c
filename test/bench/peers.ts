import {accessSync, constants, writeFileSync} from 'node:fs';
import {delimiter, join} from 'node:path';

/** Where a program is on the PATH; `null` when it is not. */
export function onPath(program: string): string | null {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return join(folder, program);
    } catch {
      // Not in this folder.
    }
  }
  return null;
}

/** How others show one group's lag; each is timed where it is installed. */
export function lagPeers(
  bootstrap: string,
  topic: string,
  group: string,
  folder: string,
): {name: string; command: string[]}[] {
  const kafkactl = join(folder, 'kafkactl.yml');
  writeFileSync(kafkactl, `contexts:\n  default:\n    brokers: [${bootstrap}]\n`);
  const peers = [
    {name: 'kaf', command: ['-b', bootstrap, 'group', 'describe', group]},
    {name: 'kcl', command: ['--no-config-file', '-X', `seed_brokers=${bootstrap}`, 'group', 'describe', group]},
    {name: 'kafkactl', command: ['-C', kafkactl, 'describe', 'consumer-group', group]},
    {name: 'topicctl', command: ['--no-spinner', 'get', '--broker-addr', bootstrap, 'lags', topic, group]},
    // kcat knows no groups: its listing of the topic shows what a C client's start costs.
    {name: 'kcat', command: ['-L', '-b', bootstrap, '-t', topic]},
  ];
  return peers.flatMap(({name, command}) => {
    const path = onPath(name);
    return path === null ? [] : [{name, command: [path, ...command]}];
  });
}
