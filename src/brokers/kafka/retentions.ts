import {stopIfAborted} from '../errors.ts';
import type {Retention} from '../../model/destination.ts';
import {Failure} from '../../model/failure.ts';
import type {Warning} from '../../model/failure.ts';
import type {Cluster} from './wire/cluster.ts';
import {configOf, describeConfigs} from './wire/describe-configs.ts';
import {code, problemOf} from './wire/error-codes.ts';
import {retry} from './wire/retry.ts';

export interface Retentions {
  /** By topic; one whose configs could not be read is missing. */
  readonly byTopic: ReadonlyMap<string, Retention>;
  readonly warnings: readonly Warning[];
}

const keys = ['cleanup.policy', 'retention.ms', 'retention.bytes'];

/** How long topics keep messages: one request for all of them. */
export async function retentions(
  cluster: Cluster,
  topics: readonly string[],
  signal: AbortSignal,
): Promise<Retentions> {
  if (topics.length === 0) return {byTopic: new Map(), warnings: []};
  const byTopic = new Map<string, Retention>();
  const said = new Set<string>();
  try {
    const resources = topics.map(name => ({type: configOf.topic, name, keys}));
    // The broker takes about 50 µs a topic; for a few topics a second socket would take longer to open.
    const options = topics.length > 100 ? ({lane: 'bulk'} as const) : {};
    const answer = await retry(() => cluster.send(null, describeConfigs, {resources}, signal, options), signal);
    for (const {name, error, message, entries} of answer.resources) {
      if (error !== code.none) said.add(problemOf(error, message));
      else byTopic.set(name, retentionOf(new Map(entries.map(entry => [entry.name, entry.value]))));
    }
  } catch (error) {
    stopIfAborted(signal);
    if (!(error instanceof Failure)) throw error;
    said.add(error.broker ?? error.message);
  }
  const message = `Retention is not known everywhere: ${[...said].join('; ')}. It needs DescribeConfigs on the topics.`;
  return {byTopic, warnings: said.size === 0 ? [] : [{code: 'retentionUnknown', message}]};
}

/** `retention.bytes` limits each partition. A topic that is only compacted has no limit of age or size. */
export function retentionOf(configs: ReadonlyMap<string, string | null>): Retention {
  const policy = (configs.get('cleanup.policy') ?? 'delete').split(',').map(word => word.trim());
  const deletes = policy.includes('delete');
  const compacts = policy.includes('compact');
  const limit = (key: string) => {
    const value = Number(configs.get(key) ?? -1);
    return deletes && value >= 0 ? value : null;
  };
  return {
    ageMs: limit('retention.ms'),
    bytes: limit('retention.bytes'),
    messages: null,
    policy: deletes ? (compacts ? 'compact-delete' : 'delete') : compacts ? 'compact' : 'none',
  };
}
