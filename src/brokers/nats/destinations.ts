import type {Destination, Partition, Retention} from '../../model/destination.ts';
import type {Filter, Listing} from '../port.ts';
import type {JetStreamApi} from './api.ts';
import type {StreamConfig, StreamRecord} from './records.ts';
import {listStreams} from './streams.ts';
import type {FoundStream} from './streams.ts';

/** All streams of the account, or those that are meant. */
export async function destinations(
  api: JetStreamApi,
  {names, internal}: Filter,
  signal: AbortSignal,
): Promise<Listing<Destination>> {
  const found = await listStreams(api, names, signal);
  const asOf = new Date();
  return {
    items: found
      .filter(({name}) => internal || names.exact !== null || !isInternal(name))
      .map(stream => destinationOf(stream, asOf)),
    warnings: found.flatMap(({record}) => (record === null ? [] : damageOf(record))),
  };
}

export function destinationOf({name, record, problem}: FoundStream, asOf: Date): Destination {
  return {
    name,
    kind: record === null ? 'stream' : kindOf(record.config),
    internal: isInternal(name),
    partitions: [partitionOf(record, problem, asOf)],
    retention: record === null ? {} : retentionOf(record.config),
  };
}

/** What the server itself and MQTT clients keep. */
export function isInternal(name: string): boolean {
  return name.startsWith('$');
}

export function kindOf({name, retention, mirror}: StreamConfig): string {
  if (mirror) return 'mirror';
  if (retention === 'workqueue') return 'work queue';
  if (retention === 'interest') return 'interest stream';
  if (name.startsWith('KV_')) return 'key-value bucket';
  return name.startsWith('OBJ_') ? 'object store' : 'stream';
}

function partitionOf(record: StreamRecord | null, problem: string | null, asOf: Date): Partition {
  const unknown = {ready: null, inFlight: null, scheduled: null, asOf};
  if (record === null) {
    const depth = {...unknown, messages: null, bytes: null, method: 'none', exact: false};
    return {id: null, depth, first: null, last: null, leader: null, problem: problem ?? 'it could not be read'};
  }
  const {messages, bytes, first_seq: first, last_seq: last} = record.state;
  return {
    id: null,
    depth: {...unknown, messages, bytes, method: 'stream info', exact: true},
    first: messages === 0 ? null : String(first),
    last: messages === 0 ? null : String(last),
    leader: record.cluster?.leader ?? null,
  };
}

function retentionOf(config: StreamConfig): Retention {
  const limit = (value: number | undefined): number | null => (value === undefined || value <= 0 ? null : value);
  const ageNs = limit(config.max_age);
  const limits = {
    ageMs: ageNs === null ? null : ageNs / 1e6,
    bytes: limit(config.max_bytes),
    messages: limit(config.max_msgs),
  };
  if (config.retention !== undefined && config.retention !== 'limits') return {...limits, policy: 'acknowledged'};
  const unlimited = Object.values(limits).every(value => value === null);
  return {...limits, policy: unlimited ? 'none' : config.discard === 'new' ? 'reject' : 'delete'};
}

function damageOf({config, state}: StreamRecord): Listing<Destination>['warnings'] {
  const lost = state.lost?.msgs?.length ?? 0;
  if (lost === 0) return [];
  return [{code: 'streamDamaged', message: `Stream "${config.name}" has lost ${lost} messages to a damaged store.`}];
}
