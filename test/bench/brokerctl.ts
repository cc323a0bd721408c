import {mkdtempSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {repository} from '../brokers/paths.ts';

/** Starts the built program. */
export const brokerctl = [process.execPath, join(repository, 'bin/run.cjs')] as const;

/**
 * The environment of every timed command: configuration and code cache of its own, and no NODE_EXTRA_CA_CERTS, which
 * costs every Node process about 30 ms.
 */
export function benchEnvironment(): NodeJS.ProcessEnv {
  const folder = mkdtempSync(join(tmpdir(), 'brokerctl-bench-home-'));
  const {NODE_EXTRA_CA_CERTS: _certificates, NODE_OPTIONS: _options, BROKERCTL_DEBUG: _debug, ...rest} = process.env;
  return {...rest, XDG_CONFIG_HOME: join(folder, 'config'), XDG_CACHE_HOME: join(folder, 'cache'), NO_COLOR: '1'};
}
