import type {Command, Interfaces} from '@oclif/core';
import {endWhenReaderLeaves, flushOut, writeOut} from './stdout.ts';

/** What the build found out about the commands, so that starting one loads no other. */
export interface Program {
  readonly root: string;
  readonly package: Interfaces.PJSON;
  /** By id (`context:list`): what help and the flag parser need to know. */
  readonly commands: Readonly<Record<string, Omit<Command.Cached, 'id'>>>;
  /** By id: loads the command itself. */
  readonly load: Readonly<Record<string, () => Promise<{default: unknown}>>>;
  readonly topics: readonly Interfaces.Topic[];
}

/** Runs one command line and ends the process: connections that a client left behind cannot hold it up. */
export async function main(program: Program, argv: string[]): Promise<never> {
  endWhenReaderLeaves();
  if (argv.length === 1 && argv[0] === '--version') {
    await writeOut(
      `brokerctl/${program.package.version} ${process.platform}-${process.arch} node-${process.version}\n`,
    );
  } else {
    const {runCommand} = await import('./run-command.ts');
    await runCommand(program, argv);
  }
  await flushOut();
  process.exit();
}
