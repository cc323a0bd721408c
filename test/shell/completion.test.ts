import type {Command} from '@oclif/core';
import {execFile} from 'node:child_process';
import {promisify} from 'node:util';
import {expect, test} from 'vitest';
import {completions, completionScripts} from '../../src/shell/completion.ts';

const commands = [
  {id: 'lag', flags: {output: {name: 'output', char: 'o', type: 'option', options: ['json', 'table']}}, args: {}},
  {id: 'context:use', flags: {}, args: {name: {name: 'name', description: 'context'}}},
  {
    id: 'context:list',
    flags: {json: {name: 'json', type: 'boolean'}, inner: {name: 'inner', type: 'boolean', hidden: true}},
    args: {},
  },
  {id: 'depth', flags: {context: {name: 'context', char: 'c', type: 'option'}}, args: {}},
  {id: 'import', flags: {}, args: {tool: {name: 'tool', options: ['kaf', 'kcl']}}},
  {id: 'complete', flags: {}, args: {}, hidden: true},
] as unknown as Command.Cached[];

const program = {commands, contexts: async () => ['prod', 'staging']};

test.each([
  [[''], ['context', 'depth', 'import', 'lag']],
  [['l'], ['lag']],
  [
    ['context', ''],
    ['list', 'use'],
  ],
  [
    ['context', 'use', ''],
    ['prod', 'staging'],
  ],
  [['context', 'use', 'p'], ['prod']],
  [['context', 'use', 'prod', ''], []],
  [
    ['context', 'list', '--'],
    ['--help', '--json'],
  ],
  [
    ['lag', '-o', ''],
    ['json', 'table'],
  ],
  [['lag', '--output', 'j'], ['json']],
  [
    ['depth', '-c', ''],
    ['prod', 'staging'],
  ],
  [
    ['import', ''],
    ['kaf', 'kcl'],
  ],
  [['nope', ''], []],
])('%j is completed by %j', async (words, found) => {
  expect(await completions(words, program)).toEqual(found);
});

test('bash takes the script, and its function offers what the program says', async () => {
  const script = `brokerctl() { local IFS=' '; printf '%s\\n' "$*" two; }
${completionScripts.bash}
COMP_WORDS=(brokerctl context 'us'); COMP_CWORD=2
_brokerctl
printf '<%s>' "\${COMPREPLY[@]}"`;
  const {stdout} = await promisify(execFile)('bash', ['-c', script]);
  expect(stdout).toBe('<complete -- context us><two>');
});
