import {resolve} from 'node:path';
import {Failure} from '../../model/failure.ts';
import {stopIfAborted} from '../errors.ts';
import type {Broker, Driver} from '../port.ts';
import {fileCapabilities} from './capabilities.ts';
import {checkFolder, formatVersion, type Folder} from './folder.ts';
import {fileCursor} from './cursor.ts';
import {fileForwarder} from './forwarder.ts';
import {fileInspector} from './inspector.ts';
import {newOwner} from './owner.ts';
import {filePurger} from './purger.ts';
import {fileReader} from './reader.ts';
import {fileTaker} from './taker.ts';
import {fileTerms} from './terms.ts';
import {fileWriter} from './writer.ts';

/** A broker kept in a folder of NDJSON segments: the demo, the archive format, and the reference of the conformance suite. */
export const fileDriver: Driver = {
  system: 'file',
  terms: fileTerms,
  capabilities: fileCapabilities,
  queryKeys: [],
  open: async (target, {signal}) => {
    stopIfAborted(signal);
    const {path, hosts} = target.address;
    if (!path || hosts.length > 0) {
      throw new Failure('usage', `${target.address.shown} names no folder`, {
        hints: ['Write file:DIR or file:///DIR.'],
      });
    }
    const folder: Folder = {path: resolve(path), target, owner: newOwner()};
    await checkFolder(folder.path);
    return openBroker(folder);
  },
};

function openBroker(folder: Folder): Broker {
  const reader = fileReader(folder);
  const taker = fileTaker(folder);
  return {
    driver: fileDriver,
    capabilities: fileCapabilities,
    server: {product: 'file broker', version: `format ${formatVersion}`, cluster: folder.path, warnings: []},
    inspector: fileInspector(folder),
    reader,
    taker,
    writer: fileWriter(folder),
    cursor: fileCursor(folder),
    purger: filePurger(folder),
    forwarder: fileForwarder(reader),
    [Symbol.asyncDispose]: () => taker.release(),
  };
}
