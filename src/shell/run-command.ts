import {Config} from '@oclif/core';
import type {Command, Interfaces} from '@oclif/core';
import {Failure} from '../model/failure.ts';
import {reportFailure, type BaseCommand} from './base-command.ts';
import {asFailure, nearest} from './errors.ts';
import type {Program} from './main.ts';

/**
 * Finds the command, and lets oclif parse and run it. oclif's own start is not used: it looks for commands and plugins on
 * the disk, and takes `context lst` for a wish to see the topic's help, which would tell a script that all is well.
 */
export async function runCommand(program: Program, argv: readonly string[]): Promise<void> {
  const words = leadingWords(argv);
  const flags = argv.includes('--') ? argv.slice(0, argv.indexOf('--')) : argv;
  const wantsHelp = argv[0] === 'help' || flags.includes('--help') || argv.length === 0;
  try {
    const id = commandOf(words, Object.keys(program.commands));
    if (words.length === 0 && !wantsHelp) {
      throw new Failure('usage', `${argv[0]} stands before any command`, {
        hints: ['Write the command first: brokerctl depth -c prod', 'See the commands: brokerctl --help'],
      });
    }
    const config = new Config({
      root: program.root,
      pjson: program.package,
      plugins: new Map([[program.package.name, plugin(program)]]),
    });
    await config.load();
    if (id === null || wantsHelp) return await showHelp(config, id ?? words.join(':'));
    const command = (await program.load[id]?.())?.default as CommandClass;
    await new (Object.assign(command, {id}))(argv.slice(id.split(':').length), config).start();
  } catch (error) {
    await reportFailure(asFailure(error), words.join(' '), argv);
  }
}

type CommandClass = new (argv: string[], config: Config) => BaseCommand;

/** The words before the first flag; `help` in front is only another way to write --help. */
function leadingWords(argv: readonly string[]): readonly string[] {
  const end = argv.findIndex(word => word.startsWith('-'));
  const words = end < 0 ? argv : argv.slice(0, end);
  return words[0] === 'help' ? words.slice(1) : words;
}

/** The command that the first words name; `null` when they name none or only a topic, whose help is wanted. @throws {Failure} `usage` */
function commandOf(words: readonly string[], ids: readonly string[]): string | null {
  const starts = words.map((_, index) => words.slice(0, index + 1).join(':')).reverse();
  const id = starts.find(start => ids.includes(start));
  if (id !== undefined) return id;
  if (words.length === 0 || ids.some(one => one.startsWith(`${words.join(':')}:`))) return null;
  const known = ids.map(one => one.replaceAll(':', ' '));
  const inTopic = known.some(one => one.startsWith(`${words[0]} `));
  const typed = words.slice(0, inTopic ? 2 : 1).join(' ');
  const near = nearest(typed, known);
  throw new Failure('usage', `There is no command "${typed}"`, {
    hints: [...(near === null ? [] : [`Did you mean: brokerctl ${near}`]), 'See the commands: brokerctl --help'],
  });
}

async function showHelp(config: Config, subject: string): Promise<void> {
  const {Help} = await import('@oclif/core');
  await new Help(config).showHelp(subject === '' ? [] : [subject]);
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
