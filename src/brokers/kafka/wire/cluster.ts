import {interrupted} from '../../errors.ts';
import {Failure} from '../../../model/failure.ts';
import type {Target} from '../../../model/target.ts';
import type {Api} from './api.ts';
import {connectFailure} from './connect-failure.ts';
import {code, failureOf} from './error-codes.ts';
import {poolBuilder} from './kafkajs-pool.ts';
import type {PoolBuilder} from './kafkajs-pool.ts';
import {Link} from './link.ts';
import type {SendOptions} from './link.ts';
import {metadata} from './metadata.ts';
import type {MetadataResponse, NodeAddress, PartitionMetadata, TopicMetadata} from './metadata.ts';
import {retry} from './retry.ts';

const offsetsTopic = '__consumer_offsets';

/** An open cluster: its servers, a connection to each that is asked, and the leaders of its partitions. */
export class Cluster implements AsyncDisposable {
  readonly #target: Target;
  readonly #build: PoolBuilder;
  /** By host:port, so that a bootstrap connection also serves as that node's. */
  readonly #links = new Map<string, Promise<Link>>();
  readonly #closing = new AbortController();
  #seed: Link | null = null;
  #nodes: ReadonlyMap<number, NodeAddress> = new Map();
  #clusterId: string | null = null;
  #controller = -1;
  #offsets: TopicMetadata | null = null;

  private constructor(target: Target) {
    this.#target = target;
    this.#build = poolBuilder(target);
  }

  /** Connects to the first bootstrap server that answers and learns the others. @throws {Failure} as `Driver.open` says */
  static async connect(target: Target, signal: AbortSignal): Promise<Cluster> {
    const cluster = new Cluster(target);
    try {
      cluster.#seed = await cluster.#firstOf(signal);
      await cluster.metadata([offsetsTopic], signal);
      return cluster;
    } catch (error) {
      await cluster[Symbol.asyncDispose]();
      // A listener that wants a login answers what it speaks, and closes at the first question that follows.
      throw error instanceof Failure
        ? connectFailure(target, cluster.#seed?.where ?? target.address.shown, error)
        : error;
    }
  }

  get clusterId(): string | null {
    return this.#clusterId;
  }

  get controller(): number {
    return this.#controller;
  }

  /** The servers that are up, as the latest metadata tells. */
  get nodes(): ReadonlyMap<number, NodeAddress> {
    return this.#nodes;
  }

  /** The version of an API that the bootstrap server and we share; `null` when there is none. */
  version(api: Api<never, unknown>): number | null {
    return this.#seed?.version(api) ?? null;
  }

  /**
   * Sends a request to a node, or to any (`null`). It is sent once: wrap what may be sent twice in `retry`.
   * @throws {Failure} as `Link.send`, and `unreachable` for a node that is not there
   */
  async send<Request, Response>(
    node: number | null,
    api: Api<Request, Response>,
    request: Request,
    signal: AbortSignal,
    options: SendOptions = {},
  ): Promise<Response> {
    const link = node === null ? await this.#any(signal) : await this.#linkTo(node, signal);
    return link.send(api, request, signal, options);
  }

  /** Topics as they stand now: all of them (`null`) or those named; a topic that does not exist has its error code 3. */
  async metadata(topics: readonly string[] | null, signal: AbortSignal): Promise<readonly TopicMetadata[]> {
    const answer = await retry(async (): Promise<MetadataResponse> => {
      const one = await this.send(null, metadata, {topics}, signal);
      // A server that has just started may know no server and no topic yet, not even itself.
      if (one.nodes.length === 0) {
        throw failureOf(code.brokerNotAvailable, `Could not read the topics of ${this.#target.name}`, 'it is starting');
      }
      return one;
    }, signal);
    this.#learn(answer);
    return answer.topics;
  }

  /** Why a partition's leader cannot be asked, `null` when it can. */
  leaderProblem({error, leader}: PartitionMetadata): string | null {
    if (leader < 0) return 'LEADER_NOT_AVAILABLE: the partition has no leader now';
    if (error !== code.none && error !== code.replicaNotAvailable) {
      return failureOf(error, 'leader').broker;
    }
    return this.#nodes.has(leader) ? null : `the leader, node ${leader}, is not up`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort(interrupted());
    const links = [...this.#links.values()];
    this.#links.clear();
    for (const link of await Promise.allSettled(links)) if (link.status === 'fulfilled') link.value.close();
  }

  /**
   * False in a cluster that never had a group. Its coordinator must not be asked for then: the first such question makes the
   * topic in which offsets are kept.
   */
  async hasGroups(signal: AbortSignal): Promise<boolean> {
    return (this.#offsets ?? (await this.readOffsetsTopic(signal))) !== null;
  }

  /** The topic whose leaders coordinate groups, as last read; `null` in a cluster that never had a group. */
  get offsetsTopic(): TopicMetadata | null {
    return this.#offsets;
  }

  async readOffsetsTopic(signal: AbortSignal): Promise<TopicMetadata | null> {
    await this.metadata([offsetsTopic], signal);
    return this.#offsets;
  }

  #learn({nodes, clusterId, controller, topics}: MetadataResponse): void {
    const offsets = topics.find(({name}) => name === offsetsTopic);
    if (offsets && offsets.error !== code.unknownTopicOrPartition) this.#offsets = offsets;
    this.#nodes = new Map(nodes.map(node => [node.id, node]));
    this.#clusterId = clusterId;
    this.#controller = controller;
  }

  /** Tries all bootstrap servers at once: one that is down costs no time. */
  async #firstOf(signal: AbortSignal): Promise<Link> {
    const {hosts} = this.#target.address;
    if (hosts.length === 0) {
      throw new Failure('usage', 'A Kafka URL needs a host', {hints: ['Write kafka://host:9092.']});
    }
    try {
      return await Promise.any(hosts.map(({host, port}) => this.#open(host, port ?? 9092, signal)));
    } catch (error) {
      const failures = error instanceof AggregateError ? (error.errors as unknown[]) : [error];
      const telling = (kind: string) => failures.find(one => one instanceof Failure && one.kind === kind);
      throw telling('interrupted') ?? telling('denied') ?? telling('config') ?? failures[0];
    }
  }

  /** The bootstrap connection, or after it was lost one to any server that is known. */
  async #any(signal: AbortSignal): Promise<Link> {
    if (this.#seed && (await this.#seed.usable(signal))) return this.#seed;
    for (const {host, port} of this.#nodes.values()) {
      const link = await this.#open(host, port, signal).catch(() => null);
      if (link && (await link.usable(signal))) return (this.#seed = link);
    }
    return (this.#seed = await this.#firstOf(signal));
  }

  async #linkTo(node: number, signal: AbortSignal): Promise<Link> {
    const address = this.#nodes.get(node);
    if (!address) {
      throw new Failure('unreachable', `Node ${node} of ${this.#target.name} is not up`, {
        hints: ['Try again when the broker is back.'],
      });
    }
    return this.#open(address.host, address.port, signal);
  }

  #open(host: string, port: number, signal: AbortSignal): Promise<Link> {
    const key = `${host}:${port}`;
    const known = this.#links.get(key);
    if (known) return known;
    const either = AbortSignal.any([signal, this.#closing.signal]);
    const link = Link.open(this.#target, this.#build, host, port, either);
    this.#links.set(key, link);
    // What failed to open is tried again the next time it is asked for.
    link.catch(() => this.#links.delete(key));
    return link;
  }
}
