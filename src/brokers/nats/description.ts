import type {Capabilities} from '../capabilities.ts';
import type {Description} from '../port.ts';
import type {JetStreamApi} from './api.ts';
import {listConsumers} from './consumers.ts';
import {destinationOf} from './destinations.ts';
import type {ConsumerRecord, StreamRecord} from './records.ts';
import {streamInfo} from './streams.ts';
import {filterText, kindOf, stateOf} from './subscriptions.ts';

type Fact = Description['facts'][number];

/** One stream in full, with its consumers. @throws {Failure} `notFound` */
export async function describe(
  api: JetStreamApi,
  capabilities: Capabilities,
  name: string,
  signal: AbortSignal,
): Promise<Description> {
  const record = await streamInfo(api, name, signal);
  const asOf = new Date();
  const {items} = await listConsumers(api, [name], signal);
  const consumers = items.flatMap(item => item.record ?? []);
  return {
    destination: destinationOf({name, record, problem: null}, asOf),
    capabilities,
    facts: [...stateFacts(record), ...configFacts(record), ...clusterFacts(record), ...consumers.map(consumerFact)],
    record: {...record, consumers},
  };
}

function stateFacts({state, mirror, sources, created}: StreamRecord): Fact[] {
  const origins = [...(mirror ? [mirror] : []), ...(sources ?? [])];
  return [
    ...said('stream', [
      ['created', created],
      ['subjects held', state.num_subjects],
      ['deleted in between', state.num_deleted],
      ['consumers', state.consumer_count],
    ]),
    ...origins.map(({name, lag}) => ({section: 'copied from', name, value: `${lag ?? 'unknown'} behind`})),
  ];
}

/** Durations of the server are in nanoseconds, and -1 or 0 is no limit. */
function configFacts({config}: StreamRecord): Fact[] {
  return said(
    'settings',
    Object.entries(config).filter(([name]) => name !== 'name' && name !== 'metadata'),
  );
}

function clusterFacts({cluster}: StreamRecord): Fact[] {
  const replicas = cluster?.replicas?.map(({name, current, offline, lag}) => {
    const state = offline === true ? 'offline' : current === true ? 'current' : 'behind';
    return `${name} ${state}${lag === undefined ? '' : ` by ${lag}`}`;
  });
  return said('cluster', [
    ['name', cluster?.name],
    ['leader', cluster?.leader],
    ['replicas', replicas],
  ]);
}

function consumerFact(record: ConsumerRecord): Fact {
  const {num_pending: pending, num_ack_pending: held, num_redelivered: again} = record;
  const state = stateOf(record);
  const numbers = `${pending} pending, ${held} ack pending, ${again} redelivered`;
  const value = `${kindOf(record)}${filterText(record)}: ${numbers}${state === null ? '' : `, ${state}`}`;
  return {section: 'consumers', name: record.name, value};
}

function said(section: string, facts: readonly (readonly [string, unknown])[]): Fact[] {
  return facts.flatMap(([name, value]) =>
    value === undefined || value === null || (Array.isArray(value) && value.length === 0)
      ? []
      : [{section, name, value: shown(value)}],
  );
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return value.map(shown).join(', ');
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value);
}
