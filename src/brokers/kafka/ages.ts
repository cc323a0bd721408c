import type {Listing} from '../port.ts';
import type {Age, Unread} from '../../model/age.ts';
import type {Cluster} from './wire/cluster.ts';

export async function ages(_cluster: Cluster, _of: readonly Unread[], _signal: AbortSignal): Promise<Listing<Age>> {
  return {items: [], warnings: []};
}
