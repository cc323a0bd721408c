import {once} from 'node:events';
import {Failure} from '../model/failure.ts';

let begun = false;

/** True once a part of the result is out: an error document after it would make two documents of one. */
export function hasBegun(): boolean {
  return begun;
}

/** Writes to stdout and waits while its reader is slower. */
export async function writeOut(text: string): Promise<void> {
  begun = true;
  if (!process.stdout.write(text)) await once(process.stdout, 'drain');
}

/**
 * A reader that goes away (`brokerctl tail | head`) ends the process without a word, with the status of one that SIGPIPE
 * killed: 128 + 13, as a shell shows it for any other program. A full disk is an error as any other.
 */
export function endWhenReaderLeaves(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(141);
    const {message, exitCode} = new Failure('cannotWrite', 'Could not write the result to stdout');
    process.stderr.write(`Error: ${message}\n  Reason: ${error.message}\n`);
    process.exit(exitCode);
  });
  process.stderr.on('error', () => undefined);
}

/** Waits until all that was written has left the process. */
export async function flushOut(): Promise<void> {
  await Promise.all(
    [process.stdout, process.stderr].map(
      stream => new Promise<void>(resolve => void stream.write('', () => resolve())),
    ),
  );
}
