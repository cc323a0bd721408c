import type {Warning} from '../../model/failure.ts';
import type {Target} from '../../model/target.ts';
import type {Broker, Driver} from '../port.ts';
import {JetStreamApi} from './api.ts';
import {openConnection} from './connection.ts';
import {natsInspector} from './inspector.ts';
import {natsReader} from './reader.ts';
import {natsWriter} from './writer.ts';

/** Connects, and asks JetStream once, so that an account without it fails here. */
export async function openNats(driver: Driver, target: Target, signal: AbortSignal): Promise<Broker> {
  const link = await openConnection(target, signal);
  try {
    const api = new JetStreamApi(link, target);
    const account = (await api.request('INFO', null, 'use JetStream', signal)) as Account;
    const {capabilities} = driver;
    return {
      driver,
      capabilities,
      server: {
        product: 'NATS',
        version: link.info?.version ?? null,
        cluster: link.info?.cluster ?? null,
        warnings: limitWarnings(account),
      },
      inspector: natsInspector(api, capabilities),
      reader: natsReader(api),
      writer: natsWriter(api),
      [Symbol.asyncDispose]: () => link.close(),
    };
  } catch (error) {
    await link.close();
    throw error;
  }
}

/** `$JS.API.INFO`; -1 is no limit. */
interface Account {
  readonly memory?: number;
  readonly storage?: number;
  readonly streams?: number;
  readonly consumers?: number;
  readonly limits?: {
    readonly max_memory?: number;
    readonly max_storage?: number;
    readonly max_streams?: number;
    readonly max_consumers?: number;
  };
}

/** Nine tenths of a limit are worth a word: at the limit, publishing and creating fail. */
function limitWarnings({memory, storage, streams, consumers, limits}: Account): Warning[] {
  const of: readonly (readonly [string, number | undefined, number | undefined])[] = [
    ['bytes of memory', memory, limits?.max_memory],
    ['bytes of storage', storage, limits?.max_storage],
    ['streams', streams, limits?.max_streams],
    ['consumers', consumers, limits?.max_consumers],
  ];
  return of.flatMap(([what, used = 0, most = -1]) =>
    most > 0 && used >= 0.9 * most
      ? [{code: 'accountLimit', message: `The account uses ${used} of its ${most} ${what}.`}]
      : [],
  );
}
