/** An exchange as the management API lists it, with its alternate exchange, from whichever source. */
export interface Exchange {
  readonly name: string;
  readonly type: string;
  readonly alternate: string | null;
}

export interface Binding {
  readonly source: string;
  readonly destination: string;
  readonly destination_type: string;
  readonly routing_key: string;
}

/** All exchanges and bindings of a vhost. */
export interface Topology {
  readonly exchanges: ReadonlyMap<string, Exchange>;
  /** By source. The default exchange needs none: it routes to the queue that the key names. */
  readonly bindings: ReadonlyMap<string, readonly Binding[]>;
  readonly queues: ReadonlySet<string>;
}

export interface Routed {
  /** Queues that a message can come to, in the order of their names. */
  readonly queues: readonly string[];
  /** An exchange on the way that does not exist: what is sent there is dropped. */
  readonly missing: string | null;
}

/**
 * Queues to which an exchange can route a message. `key` is its routing key, `null` when each message keeps its own: then
 * every binding may match. Exchanges bound to exchanges and alternate exchanges are followed, each once.
 */
export function routesOf(topology: Topology, exchange: string, key: string | null): Routed {
  const queues = new Set<string>();
  const seen = new Set<string>();
  let missing: string | null = null;

  function follow(name: string): void {
    if (seen.has(name)) return;
    seen.add(name);
    if (name === '') {
      if (key !== null && topology.queues.has(key)) queues.add(key);
      return;
    }
    const found = topology.exchanges.get(name);
    if (!found) {
      missing ??= name;
      return;
    }
    const all = topology.bindings.get(name) ?? [];
    const matching = key === null ? all : all.filter(binding => matches(found.type, binding.routing_key, key));
    for (const {destination, destination_type: type} of matching) {
      if (type === 'exchange') follow(destination);
      else if (topology.queues.has(destination)) queues.add(destination);
    }
    // What no binding takes goes to the alternate exchange; with unknown keys only a catch-all binding leaves nothing over.
    const takesAll = all.some(
      ({routing_key: bound}) => found.type === 'fanout' || (found.type === 'topic' && bound === '#'),
    );
    if (found.alternate !== null && (key === null ? !takesAll : matching.length === 0)) follow(found.alternate);
  }

  follow(exchange);
  return {queues: [...queues].sort(), missing};
}

/** Of types other than these four, each binding may match: what they look at is not in the key alone. */
function matches(type: string, bound: string, key: string): boolean {
  if (type === 'direct') return bound === key;
  if (type === 'topic') return topicMatches(bound.split('.'), key.split('.'));
  return true;
}

/** `*` is one word, `#` any number of words, none included. */
function topicMatches(pattern: readonly string[], words: readonly string[]): boolean {
  const [first, ...rest] = pattern;
  if (first === undefined) return words.length === 0;
  if (first === '#') {
    return topicMatches(rest, words) || (words.length > 0 && topicMatches(pattern, words.slice(1)));
  }
  return words.length > 0 && (first === '*' || first === words[0]) && topicMatches(rest, words.slice(1));
}
