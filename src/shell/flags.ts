import {Args, Flags} from '@oclif/core';
import {parseDuration} from '../model/duration.ts';
import {Failure} from '../model/failure.ts';
import type {Format} from '../output/render.ts';

// Not taken from the renderers, which --help has no need to load.
const formats = ['table', 'wide', 'json', 'ndjson', 'csv', 'yaml'] as const satisfies readonly Format[];

/** Timers count milliseconds in 31 bits; a longer wait would end at once. */
const longestMs = 2 ** 31 - 1;

/** A flag such as `--over 10s`, in milliseconds. */
export const duration = Flags.custom<number>({
  parse: async word => {
    const ms = parseDuration(word);
    if (ms < 1 || ms > longestMs) {
      throw new Failure('usage', `"${word}" is not between 1ms and 24d`, {hints: ['Longer waits: run it again.']});
    }
    return ms;
  },
});

/** Of every command: how the result is written. */
export const outputFlags = {
  output: Flags.option({
    char: 'o',
    options: formats,
    default: 'table',
    helpGroup: 'OUTPUT',
    summary: 'Format of the result',
  })(),
  json: Flags.boolean({helpGroup: 'OUTPUT', summary: 'Same as -o json'}),
  'no-headers': Flags.boolean({helpGroup: 'OUTPUT', summary: 'Leave out the heading line'}),
  columns: Flags.string({helpGroup: 'OUTPUT', helpValue: 'a,b', summary: 'Columns to show, in order'}),
  sort: Flags.string({
    helpGroup: 'OUTPUT',
    helpValue: '[-]column',
    summary: 'Sort by a column; - for the greatest first',
  }),
  'no-color': Flags.boolean({helpGroup: 'OUTPUT', summary: 'No colour (as NO_COLOR does)'}),
  'no-input': Flags.boolean({helpGroup: 'OUTPUT', summary: 'Never ask; fail where an answer would be needed'}),
  config: Flags.string({helpGroup: 'WHERE', helpValue: 'FILE', env: 'BROKERCTL_CONFIG', summary: 'Configuration file'}),
};

/** Of every command that speaks to brokers: where, and for how long. */
export const brokerFlags = {
  context: Flags.string({
    char: 'c',
    multiple: true,
    multipleNonGreedy: true,
    helpGroup: 'WHERE',
    helpValue: 'NAME',
    summary: 'Context, or a glob of contexts; repeatable',
  }),
  url: Flags.string({
    char: 'u',
    multiple: true,
    multipleNonGreedy: true,
    helpGroup: 'WHERE',
    helpValue: 'URL',
    summary: 'Broker URL, instead of a context; repeatable',
  }),
  'all-contexts': Flags.boolean({helpGroup: 'WHERE', summary: 'Every context of the configuration'}),
  timeout: duration({
    default: 10_000,
    defaultHelp: async () => '10s',
    helpGroup: 'WHERE',
    helpValue: '10s',
    summary: 'Longest wait for one answer',
  }),
};

/** Of commands whose figures change: `--watch` alone is every two seconds. */
export const watchFlag = {
  watch: duration({helpGroup: 'OUTPUT', helpValue: '[2s]', summary: 'Repeat until interrupted, every 2s or as given'}),
};

/** Of commands that list names. */
export const internalFlag = {
  internal: Flags.boolean({summary: 'Include what the broker and client libraries keep for themselves'}),
};

/** Any number of names, globs and /regexes/; none means all. */
export function nameArgs(summary: string) {
  return Args.string({multiple: true, ignoreStdin: true, description: summary});
}

/** One name that must be given. Without `ignoreStdin` oclif would wait for it on stdin. */
export function nameArg(summary: string) {
  return Args.string({required: true, ignoreStdin: true, description: summary});
}

/** One name that may be left out. */
export function optionalNameArg(summary: string) {
  return Args.string({ignoreStdin: true, description: summary});
}
