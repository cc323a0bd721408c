import {join, resolve} from 'node:path';

export const repository = resolve(import.meta.dirname, '../..');

/** Downloads, unpacked. Clones can share it: nothing in it belongs to a running server. */
export const downloads = resolve(process.env['BROKERCTL_CACHE'] ?? join(repository, '.cache'));

/** What runs for this clone: state, data and logs of its servers. */
export const runFolder = join(repository, '.cache', 'brokers');
