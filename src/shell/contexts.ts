import {loadDriver, systemOf, wantsTls} from '../brokers/registry.ts';
import type {Broker, Driver} from '../brokers/port.ts';
import {parseAddress} from '../model/address.ts';
import {Failure} from '../model/failure.ts';
import {isPattern, nameFilter} from '../model/name-filter.ts';
import type {ContextWarning} from '../model/report.ts';
import type {Target} from '../model/target.ts';
import type {Config, ContextSettings} from './config.ts';
import {nearest} from './errors.ts';
import {redact, redactFromNowOn} from './redaction.ts';
import {fetchCredentials, readTls} from './secrets.ts';
import {usedDrivers} from './used-drivers.ts';

/** One open broker under the name of its context: what every operation works on. */
export interface OpenContext {
  readonly name: string;
  readonly broker: Broker;
  /** How long opening took. */
  readonly openMs: number;
}

/** The words that say where: flags, then the environment, then the configuration's `current`. */
export interface Where {
  readonly contexts: readonly string[];
  readonly urls: readonly string[];
  readonly all: boolean;
  readonly config: string | undefined;
}

/** A context that was chosen and not opened yet. */
export interface Chosen {
  readonly name: string;
  readonly settings: ContextSettings;
}

/** The contexts and URLs that are meant, without I/O but for the configuration. @throws {Failure} `usage`, `config` */
export async function chooseContexts(where: Where): Promise<readonly Chosen[]> {
  const none = where.contexts.length === 0 && where.urls.length === 0 && !where.all;
  const names = none ? list(process.env['BROKERCTL_CONTEXT']) : where.contexts;
  const urls = none && names.length === 0 ? list(process.env['BROKERCTL_URL'], /\s+/) : where.urls;
  const fromUrls = [...new Set(urls)].map(chosenUrl);
  if (urls.length > 0 && names.length === 0 && !where.all) return fromUrls;
  const {loadConfig} = await import('./config.ts');
  const config = await loadConfig(where.config);
  if (where.all) return [...[...config.contexts].map(([name, settings]) => ({name, settings})), ...fromUrls];
  const words = names.length > 0 ? names : config.current === null ? [] : [config.current];
  if (words.length === 0) {
    throw new Failure('usage', 'No broker was named', {
      hints: [
        'Name one: -u kafka://localhost:9092, or -c NAME.',
        'Make a context: brokerctl context add NAME URL',
        'Try the demo: brokerctl demo',
      ],
    });
  }
  return [...words.flatMap(word => matching(word, config)).filter(once()), ...fromUrls];
}

function list(value: string | undefined, separator: RegExp | string = ','): string[] {
  return (value ?? '').split(separator).filter(Boolean);
}

function once(): (chosen: Chosen) => boolean {
  const seen = new Set<string>();
  return ({name}) => !seen.has(name) && Boolean(seen.add(name));
}

function chosenUrl(url: string): Chosen {
  const {shown} = parseAddress(url);
  return {name: shown, settings: contextOfUrl(url)};
}

/** The settings of a context of which only the URL is known. */
export function contextOfUrl(url: string): ContextSettings {
  return {url, protected: false, readonly: false, tls: null, auth: {}, deadLetters: [], labels: {}};
}

function matching(word: string, config: Config): Chosen[] {
  if (!isPattern(word)) return [{name: word, settings: contextNamed(word, config)}];
  const filter = nameFilter([word]);
  const found = [...config.contexts].filter(([name]) => filter.matches(name));
  if (found.length === 0) throw noContext(word, config);
  return found.map(([name, settings]) => ({name, settings}));
}

/** @throws {Failure} `usage` when there is none of that name */
export function contextNamed(name: string, config: Config): ContextSettings {
  const settings = config.contexts.get(name);
  if (!settings) throw noContext(name, config);
  return settings;
}

function noContext(word: string, {contexts, file}: Config): Failure {
  const names = [...contexts.keys()];
  const near = nearest(word, names);
  return new Failure('usage', `There is no context "${word}" in ${file}`, {
    hints: [
      ...(near === null ? [] : [`Did you mean ${near}?`]),
      names.length === 0 ? 'Make one: brokerctl context add NAME URL' : 'See them: brokerctl context list',
    ],
  });
}

/** Loads the driver and fetches the secrets of a chosen context. @throws {Failure} `usage`, `config` */
export async function prepare(
  {name, settings}: Chosen,
  timeoutMs: number,
  warn: (warning: ContextWarning) => void,
): Promise<{driver: Driver; target: Target}> {
  const address = parseAddress(settings.url);
  if (address.password) {
    redactFromNowOn(address.password);
    warn({
      code: 'passwordInUrl',
      message: 'The password stands in the URL, where process lists and shell histories show it',
      context: name,
    });
  }
  const driver = await loadDriver(systemOf(address.scheme));
  usedDrivers.add(driver.system);
  for (const key of address.query.keys()) {
    if (driver.queryKeys.includes(key)) continue;
    const near = nearest(key, driver.queryKeys);
    throw new Failure('usage', `A ${address.scheme} URL has no "${key}"`, {
      hints: [
        ...(near === null ? [] : [`Did you mean ${near}?`]),
        driver.queryKeys.length === 0 ? 'It takes no query.' : `It takes: ${driver.queryKeys.join(', ')}.`,
      ],
    });
  }
  const tls = settings.tls ?? (wantsTls(address.scheme) ? {} : null);
  if (tls?.insecure) warn({code: 'tlsInsecure', message: 'Certificates are not checked (tls.insecure)', context: name});
  return {
    driver,
    target: {
      name,
      address,
      credentials: await fetchCredentials(settings.auth, address, name, warn),
      tls: tls === null ? null : await readTls(tls, name),
      timeoutMs,
      deadLetters: settings.deadLetters,
      trace:
        process.env['BROKERCTL_DEBUG'] === '1'
          ? line => void process.stderr.write(`${new Date().toISOString()} [${name}] ${redact(line)}\n`)
          : null,
    },
  };
}
