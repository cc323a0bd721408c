import type {Command} from '@oclif/core';

/** What the completion needs to know of the program. */
export interface Completable {
  readonly commands: readonly Command.Cached[];
  /** Names of contexts, looked up only when one can stand here. */
  contexts(): Promise<readonly string[]>;
}

/**
 * The words that may stand where the last one is being typed. None means that the shell may offer files.
 * @param words the command line without the program's name; the last one is unfinished, perhaps empty
 */
export async function completions(words: readonly string[], program: Completable): Promise<string[]> {
  const typed = words.at(-1) ?? '';
  const offered = await candidates(words.slice(0, -1), typed, program);
  return [...new Set(offered)].filter(word => word.startsWith(typed)).sort();
}

async function candidates(before: readonly string[], typed: string, program: Completable): Promise<readonly string[]> {
  const visible = program.commands.filter(({hidden}) => !hidden);
  const command = longestMatch(before, visible);
  if (!command) return before.some(word => word.startsWith('-')) ? [] : nextWords(before, visible);
  const flags = Object.values(command.flags).filter(({hidden}) => !hidden);
  const previous = before.at(-1) ?? '';
  const waiting = flags.find(flag => flag.type === 'option' && [`--${flag.name}`, `-${flag.char}`].includes(previous));
  if (waiting) return waiting.name === 'context' ? program.contexts() : optionsOf(waiting);
  if (typed.startsWith('-')) return ['--help', ...flags.map(({name}) => `--${name}`)];
  const args = Object.values(command.args);
  const given = before.slice(command.id.split(':').length).filter(word => !word.startsWith('-')).length;
  const arg = args[Math.min(given, args.length - 1)];
  if (!arg || (given >= args.length && !arg['multiple'])) return [];
  return /\bcontexts?\b/.test(arg.description ?? '') ? program.contexts() : optionsOf(arg);
}

function optionsOf(definition: object): readonly string[] {
  const options: unknown = 'options' in definition ? definition.options : undefined;
  return Array.isArray(options) ? options.filter(option => typeof option === 'string') : [];
}

function longestMatch(words: readonly string[], commands: readonly Command.Cached[]): Command.Cached | undefined {
  return commands
    .filter(({id}) => id.split(':').every((part, index) => words[index] === part))
    .sort((a, b) => b.id.length - a.id.length)[0];
}

/** The next word of every command that begins with these. */
function nextWords(words: readonly string[], commands: readonly Command.Cached[]): string[] {
  return commands.flatMap(({id}) => {
    const parts = id.split(':');
    return words.every((word, index) => parts[index] === word) ? parts.slice(words.length, words.length + 1) : [];
  });
}

/** What a user's shell has to run once to complete brokerctl's command lines; it asks `brokerctl complete` at each Tab. */
export const completionScripts = {
  bash: `_brokerctl() {
  local IFS=$'\\n'
  COMPREPLY=($(brokerctl complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o default -F _brokerctl brokerctl
`,
  zsh: `#compdef brokerctl
_brokerctl() {
  local -a found
  found=(\${(f)"$(brokerctl complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)"})
  if (( $#found )); then compadd -- $found; else _files; fi
}
compdef _brokerctl brokerctl
`,
  fish: `complete -c brokerctl -f -a '(brokerctl complete -- (commandline -opc)[2..-1] (commandline -ct) 2>/dev/null)'
complete -c brokerctl -l config -r -F
`,
} as const;

export type Shell = keyof typeof completionScripts;
