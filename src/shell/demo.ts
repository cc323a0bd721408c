import {readFile, rm, writeFile} from 'node:fs/promises';
import {homedir} from 'node:os';
import {join, resolve} from 'node:path';
import {loadDemo} from '../brokers/registry.ts';
import {Failure} from '../model/failure.ts';
import type {View} from '../output/view.ts';
import {changeConfig} from './config.ts';
import {putContext} from './context-edit.ts';

/** Where the demo is, and whether it was made just now. */
export interface DemoRow {
  readonly context: string;
  readonly url: string;
  readonly folder: string;
  readonly seed: number;
  readonly madeAt: Date;
  readonly isNew: boolean;
}

export const demoView: View<DemoRow> = {
  command: 'demo',
  columns: [
    {key: 'context', heading: 'Context', value: row => row.context},
    {key: 'url', heading: 'URL', value: row => row.url},
    {key: 'folder', heading: 'Folder', value: row => row.folder, wide: true},
    {key: 'seed', heading: 'Seed', value: row => row.seed, align: 'right'},
    {key: 'madeAt', heading: 'Made', value: row => row.madeAt},
    {key: 'isNew', heading: 'New', value: row => row.isNew},
  ],
};

/** The demo's folder: `--dir`, else `$XDG_DATA_HOME/brokerctl/demo`. */
export function demoFolder(flag: string | undefined): string {
  if (flag !== undefined) return resolve(flag);
  return join(process.env['XDG_DATA_HOME'] || join(homedir(), '.local', 'share'), 'brokerctl', 'demo');
}

/**
 * Makes the demo, or finds the one that is there: what somebody tried in it stays until `fresh` is asked for.
 * @throws {Failure} `cannotWrite` when the folder holds something else
 */
export async function prepareDemo(folder: string, wanted: number | undefined, fresh: boolean): Promise<DemoRow> {
  const here = {context: 'demo', url: `file:${encodeURI(folder)}`, folder};
  const made = await readMark(folder);
  if (made && !fresh) {
    if (wanted === undefined || wanted === made.seed) return {...here, ...made, isNew: false};
    throw new Failure('usage', `The demo in ${folder} has the seed ${made.seed}`, {
      hints: ['Make it anew with --fresh, or another one with --dir.'],
    });
  }
  if (made) await rm(folder, {recursive: true});
  const [seed, madeAt] = [wanted ?? 1, new Date()];
  const makeDemo = await loadDemo();
  await makeDemo(folder, {seed, now: madeAt});
  await writeFile(markOf(folder), JSON.stringify({seed, madeAt}));
  return {...here, seed, madeAt, isNew: true};
}

/** Only a folder with this file is ever deleted. */
function markOf(folder: string): string {
  return join(folder, 'demo.json');
}

async function readMark(folder: string): Promise<{seed: number; madeAt: Date} | null> {
  const text = await readFile(markOf(folder), 'utf8').catch(() => null);
  if (text === null) return null;
  const {seed, madeAt} = JSON.parse(text) as {seed: number; madeAt: string};
  return {seed, madeAt: new Date(madeAt)};
}

/** Gives the demo its context; another broker's of that name is left alone. @throws {Failure} `usage` */
export async function nameDemo(config: string | undefined, url: string): Promise<void> {
  await changeConfig(config, (document, found) => {
    const taken = found.contexts.get('demo');
    if (taken && !taken.url.startsWith('file:')) {
      throw new Failure('usage', 'There is a context "demo" for another broker', {
        hints: ['Take it away first: brokerctl context remove demo'],
      });
    }
    if (taken?.url !== url) putContext(document, found, 'demo', {url}, {force: true, use: false});
  });
}
