import type {QueueRecord} from './queue-record.ts';

/** The kind as users know it: `classic queue`, `quorum queue`, `stream`. */
export function kindOf({type}: QueueRecord): string {
  return type === 'stream' ? 'stream' : type ? `${type} queue` : 'queue';
}

/** Queues that the server keeps for itself. */
export function isInternal({name, internal}: QueueRecord): boolean {
  return internal === true || name.startsWith('amq.rabbitmq.');
}

/**
 * Why a queue's numbers cannot be had, `null` when they can. The listing's `state` is not enough: 3.10 calls a queue
 * without a majority `running`, and one on a node that is down `live`; a passive declare is answered with the last count.
 */
export function problemOf(queue: QueueRecord): string | null {
  const {type, state, node, members, online} = queue;
  if (members && online && online.length * 2 <= members.length) {
    const those = online.length === 0 ? 'none' : online.join(', ');
    return `no majority: of its ${members.length} members (${members.join(', ')}), ${those} online`;
  }
  if (state && !ordinaryStates.has(state)) return `its state is ${state}${node ? `, on node ${node}` : ''}`;
  if (type === 'classic' && typeof queue.messages_ready !== 'number')
    return `node ${node ?? 'unknown'} does not answer for it`;
  return null;
}

/** `live` is what the server calls a queue whose state it was not asked for; `idle` and `flow` are running ones. */
const ordinaryStates = new Set(['running', 'live', 'idle', 'flow']);
