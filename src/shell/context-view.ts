import {systemOf} from '../brokers/registry.ts';
import {parseAddress} from '../model/address.ts';
import {Failure} from '../model/failure.ts';
import type {System} from '../model/system.ts';
import type {View} from '../output/view.ts';
import type {Config, ContextSettings} from './config.ts';

/** A context as it may be shown: no secret is in it, only where each is kept. */
export interface ContextRow {
  readonly name: string;
  readonly current: boolean;
  readonly system: System | null;
  readonly url: string;
  readonly settings: ContextSettings;
}

/** All contexts of a configuration, in its order. A URL that cannot be read is shown as broken, not hidden. */
export function contextRows({contexts, current}: Config): ContextRow[] {
  return [...contexts].map(([name, settings]) => ({
    name,
    current: name === current,
    ...described(settings.url),
    settings,
  }));
}

function described(url: string): {system: System | null; url: string} {
  try {
    const address = parseAddress(url);
    return {system: systemOf(address.scheme), url: address.shown};
  } catch (error) {
    if (error instanceof Failure) return {system: null, url: `(${error.message})`};
    throw error;
  }
}

/** One line a context, or with `facts` all that is known of it. */
export function contextView(command: string, withFacts: boolean): View<ContextRow> {
  return {
    command,
    columns: [
      {key: 'current', heading: '', value: row => row.current, text: row => (row.current ? '*' : ' '), wide: false},
      {key: 'name', heading: 'Context', value: row => row.name},
      {key: 'system', heading: 'System', value: row => row.system},
      {key: 'url', heading: 'URL', value: row => row.url, priority: 1},
      {
        key: 'protected',
        heading: 'Protected',
        value: row => row.settings.protected,
        text: row => yes(row.settings.protected),
        priority: 2,
      },
      {
        key: 'readonly',
        heading: 'Read-only',
        value: row => row.settings.readonly,
        text: row => yes(row.settings.readonly),
        priority: 3,
      },
      {
        key: 'labels',
        heading: 'Labels',
        value: row => row.settings.labels,
        text: row => pairs(row.settings.labels),
        wide: true,
      },
      {
        key: 'tls',
        heading: 'TLS',
        value: row => row.settings.tls,
        text: row => pairs(row.settings.tls ?? {}),
        wide: true,
      },
      {
        key: 'auth',
        heading: 'Login',
        value: row => row.settings.auth,
        text: row => pairs(row.settings.auth),
        wide: true,
      },
      {key: 'deadLetters', heading: 'Dead letters', value: row => row.settings.deadLetters, text: routes, wide: true},
    ],
    ...(withFacts ? {facts} : {}),
  };
}

function facts(row: ContextRow): {section: string; name: string; value: string}[] {
  const {settings} = row;
  const section = row.current ? `${row.name} (current)` : row.name;
  return [
    ['System', row.system ?? 'unknown'],
    ['URL', row.url],
    ['Protected', yes(settings.protected)],
    ['Read-only', yes(settings.readonly)],
    ['TLS', settings.tls === null ? '' : pairs(settings.tls) || 'yes'],
    ['Login', pairs(settings.auth)],
    ['Dead letters', routes(row)],
    ['Labels', pairs(settings.labels)],
  ]
    .filter(([, value]) => value !== '')
    .map(([name = '', value = '']) => ({section, name, value}));
}

function yes(value: boolean): string {
  return value ? 'yes' : '';
}

function pairs(record: object): string {
  return Object.entries(record)
    .map(([key, value]) => `${key}=${value}`)
    .join(' ');
}

function routes({settings}: ContextRow): string {
  return settings.deadLetters.map(({source, destination}) => `${source ?? '*'} → ${destination}`).join(', ');
}
