import {run, type Command, type Interfaces} from '@oclif/core';
import {Failure} from '../model/failure.ts';
import {reportFailure} from './base-command.ts';
import {asFailure, nearest} from './errors.ts';
import type {Program} from './main.ts';

/** Finds the command and lets oclif run it; oclif's search of the disk for commands is not needed. */
export async function runCommand(program: Program, argv: string[]): Promise<void> {
  try {
    refuseUnknown(program, argv);
    await run(argv, {
      root: program.root,
      pjson: program.package,
      plugins: new Map([[program.package.name, plugin(program)]]),
    });
  } catch (error) {
    await reportFailure(asFailure(error), argv[0] ?? '', argv);
  }
}

/** oclif shows the topic's help for `context lst` and succeeds; a script must see that nothing was done. */
function refuseUnknown({commands}: Program, argv: readonly string[]): void {
  const end = argv.findIndex(word => word.startsWith('-'));
  const words = (end < 0 ? argv : argv.slice(0, end))
    .map(word => word.replaceAll(':', ' '))
    .join(' ')
    .split(' ');
  if (words[0] === '' || words[0] === 'help') return;
  const known = Object.keys(commands).map(id => id.replaceAll(':', ' '));
  const said = words.join(' ');
  const isCommand = words.some((_, index) => known.includes(words.slice(0, index + 1).join(' ')));
  const isTopic = known.some(id => id.startsWith(`${said} `));
  if (isCommand || isTopic) return;
  const topic = known.some(id => id.startsWith(`${words[0]} `));
  const typed = words.slice(0, topic ? 2 : 1).join(' ');
  const near = nearest(typed, known);
  throw new Failure('usage', `There is no command "${typed}"`, {
    hints: [...(near === null ? [] : [`Did you mean: brokerctl ${near}`]), 'See the commands: brokerctl --help'],
  });
}

function plugin(program: Program): Interfaces.Plugin {
  const {name, version} = program.package;
  const entries = Object.entries(program.commands);
  const load = async (id: string): Promise<Command.Class> => {
    const module = await program.load[id]?.();
    if (!module) throw new Error(`the build holds no command ${id}`);
    return Object.assign(module.default as Command.Class, {id});
  };
  const commands = entries.map(
    ([id, cached]): Command.Loadable => ({...cached, id, load: () => load(id)}) as Command.Loadable,
  );
  return {
    _base: '',
    alias: name,
    commandIDs: entries.map(([id]) => id),
    commands,
    commandsDir: undefined,
    findCommand: (id: string) => load(id),
    hasManifest: true,
    hooks: {},
    isRoot: true,
    load: async () => undefined,
    moduleType: 'commonjs',
    name,
    options: {root: program.root},
    pjson: program.package,
    root: program.root,
    topics: [...program.topics],
    type: 'core',
    valid: true,
    version,
  };
}
