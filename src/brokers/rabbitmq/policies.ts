import type {QueueRecord} from './queue-record.ts';

/** A policy or operator policy as the management API gives it. */
export interface Policy {
  readonly name: string;
  /** A regular expression on the queue's name. */
  readonly pattern: string;
  readonly 'apply-to': string;
  readonly definition: Readonly<Record<string, unknown>>;
  readonly priority: number;
}

export interface Policies {
  readonly user: readonly Policy[];
  readonly operator: readonly Policy[];
}

/** One setting of a queue and who made it: `queue argument`, `policy NAME`, `operator policy NAME`. */
export interface Setting {
  readonly value: unknown;
  readonly from: string;
}

export type Settings = ReadonlyMap<string, Setting>;

/**
 * Keys that a type of queue does not know. A policy with one of them is not applied to such a queue at all, its other keys
 * included. (`unsupported_policies` of rabbit_classic_queue, rabbit_quorum_queue and rabbit_stream_queue.)
 */
const unknownTo: Readonly<Record<string, readonly string[]>> = {
  classic: [
    'delivery-limit',
    'dead-letter-strategy',
    'max-age',
    'stream-max-segment-size-bytes',
    'initial-cluster-size',
  ],
  quorum: ['max-age', 'stream-max-segment-size-bytes', 'initial-cluster-size', 'max-priority', 'queue-mode'],
  stream: [
    'expires',
    'message-ttl',
    'max-length',
    'overflow',
    'dead-letter-exchange',
    'dead-letter-routing-key',
    'dead-letter-strategy',
    'delivery-limit',
    'max-priority',
    'queue-mode',
  ],
};

/** Of numbers that two sources set, the smaller holds; of other settings the queue's own argument. */
const numeric = new Set(['expires', 'message-ttl', 'max-length', 'max-length-bytes', 'delivery-limit']);

/**
 * What holds for a queue: its arguments, its policy and its operator policy put together as the server does; only its
 * arguments where the policies are not known.
 */
export function settingsOf(queue: QueueRecord, policies: Policies | null): Settings {
  const user = policies?.user.find(({name}) => name === queue.policy);
  const operator = policies && operatorPolicyOf(queue, policies.operator);
  const settings = new Map<string, Setting>();
  const add = (definition: Readonly<Record<string, unknown>>, from: string): void => {
    for (const [key, value] of Object.entries(definition)) {
      const other = settings.get(key);
      if (!other || stronger(key, value, other.value)) settings.set(key, {value, from});
    }
  };
  add(argumentsOf(queue), 'queue argument');
  if (user) add(user.definition, `policy ${user.name}`);
  if (operator) add(operator.definition, `operator policy ${operator.name}`);
  return settings;
}

/** A queue's `x-` arguments under the names that policies have for them. */
function argumentsOf(queue: QueueRecord): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(queue.arguments ?? {}).map(([key, value]) => [key.replace(/^x-/, ''), value]),
  );
}

function stronger(key: string, value: unknown, than: unknown): boolean {
  if (key === 'max-age') return (ageInMs(value) ?? Infinity) < (ageInMs(than) ?? Infinity);
  return numeric.has(key) && typeof value === 'number' && typeof than === 'number' && value < than;
}

/** The server tells the operator policy's name only in some listings; elsewhere it is found as the server finds it. */
function operatorPolicyOf(queue: QueueRecord, policies: readonly Policy[]): Policy | undefined {
  if (typeof queue.operator_policy === 'string') return policies.find(({name}) => name === queue.operator_policy);
  return policies
    .filter(policy => appliesTo(policy, queue))
    .reduce<Policy | undefined>(
      (best, policy) => (best && best.priority >= policy.priority ? best : policy),
      undefined,
    );
}

function appliesTo({pattern, definition, 'apply-to': kind}: Policy, {name, type}: QueueRecord): boolean {
  const kinds = ['all', 'queues', type === 'stream' ? 'streams' : `${type ?? 'classic'}_queues`];
  const refused = unknownTo[type ?? 'classic'] ?? [];
  return kinds.includes(kind) && !Object.keys(definition).some(key => refused.includes(key)) && matches(pattern, name);
}

/** The server's expressions are PCRE: one that JavaScript does not know matches nothing here. */
function matches(pattern: string, name: string): boolean {
  try {
    return new RegExp(pattern, 'u').test(name);
  } catch {
    return false;
  }
}

const unitMs: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  D: 86_400_000,
  M: 30 * 86_400_000,
  Y: 365 * 86_400_000,
};

/** A stream's `max-age`, such as `7D`, in milliseconds; `null` for anything else. */
export function ageInMs(value: unknown): number | null {
  const match = typeof value === 'string' ? /^(\d+)([YMDhms])$/.exec(value) : null;
  const unit = match?.[2] === undefined ? undefined : unitMs[match[2]];
  return match && unit !== undefined ? Number(match[1]) * unit : null;
}
