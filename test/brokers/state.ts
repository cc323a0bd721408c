import {mkdirSync, readFileSync, renameSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {runFolder} from './paths.ts';
import type {ServerProcess} from './server-process.ts';

/** One way into a Kafka cluster. */
export interface KafkaListener {
  /** `host:port,host:port`, as Kafka's own tools want it. */
  readonly bootstrap: string;
  /** The same as a URL of ours; for SASL add `?sasl=MECHANISM`. */
  readonly url: string;
}

export interface KafkaBroker {
  readonly system: 'kafka';
  readonly version: string;
  readonly plain: KafkaListener;
  readonly tls: KafkaListener;
  readonly sasl: KafkaListener;
  readonly saslTls: KafkaListener;
  /** User → password, for PLAIN and both SCRAM mechanisms. `nobody` may do nothing, the others everything. */
  readonly users: Readonly<Record<'admin' | 'alice' | 'nobody', string>>;
  /** PEM file of the certificate authority of the TLS listeners. */
  readonly ca: string;
  /** Folder of Kafka's own tools: `kafka-topics`, `kafka-consumer-groups` … */
  readonly tools: string;
  /** Node ids 1 … n; folder and client port of each. Empty when a container runs it. */
  readonly nodes: readonly {readonly id: number; readonly folder: string; readonly port: number}[];
}

export interface RabbitmqBroker {
  readonly system: 'rabbitmq';
  /** As the server says it, such as `4.0.5`. */
  readonly version: string;
  /** `amqp://guest:guest@127.0.0.1:5672?management=…`, vhost `/`. */
  readonly url: string;
  readonly tlsUrl: string;
  /** Without login or path: `http://127.0.0.1:15672`. */
  readonly managementUrl: string;
  readonly amqpPort: number;
  readonly tlsPort: number;
  readonly managementPort: number;
  readonly streamPort: number;
  readonly ca: string;
  /**
   * User → password. `guest` administers; `watcher` monitors and reads; `nobody` can connect to `/` and may do nothing
   * there, nor use the management API.
   */
  readonly users: Readonly<Record<'guest' | 'watcher' | 'nobody', string>>;
  /** A second virtual host, where only `guest` has rights. */
  readonly vhost: string;
  /** Folder of RabbitMQ's own tools: `rabbitmqctl`, `rabbitmq-queues`, `rabbitmq-streams`, `rabbitmq-diagnostics`, `rabbitmq-plugins`. */
  readonly tools: string;
}

export interface NatsBroker {
  readonly system: 'nats';
  readonly version: string;
  /** `nats://app:…@127.0.0.1:4222`: an account with JetStream. */
  readonly url: string;
  /** A second server, which takes TLS and `token` only. */
  readonly tlsUrl: string;
  /** The first server's monitoring, without login: `http://127.0.0.1:8222`. */
  readonly monitorUrl: string;
  readonly clientPort: number;
  /**
   * User → password. `app` may do everything in its account; `watcher` may list and look in it, and neither read messages
   * nor write; `bare` is in an account without JetStream, `sys` in the system account.
   */
  readonly users: Readonly<Record<'app' | 'watcher' | 'bare' | 'sys', string>>;
  readonly token: string;
  readonly ca: string;
}

export type BrokerState = KafkaBroker | RabbitmqBroker | NatsBroker;

/** What runs for this clone. A broker without processes runs in a container. */
export interface State {
  readonly processes: readonly ServerProcess[];
  readonly brokers: Readonly<Record<string, BrokerState>>;
  /** Contexts that were written to a user's configuration, by broker. */
  readonly contexts: Readonly<Record<string, AddedContexts>>;
}

export interface AddedContexts {
  readonly file: string;
  readonly names: readonly string[];
}

export const stateFile = join(runFolder, 'state.json');

export function readState(): State {
  try {
    return JSON.parse(readFileSync(stateFile, 'utf8')) as State;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {processes: [], brokers: {}, contexts: {}};
    throw error;
  }
}

/** Read, change and write without a pause in between, so that starts that run side by side do not lose each other's entries. */
function change(update: (state: State) => State): void {
  mkdirSync(runFolder, {recursive: true});
  const fresh = `${stateFile}.${process.pid}`;
  writeFileSync(fresh, JSON.stringify(update(readState()), null, 2));
  renameSync(fresh, stateFile);
}

export function addProcess(entry: ServerProcess): void {
  change(state => ({...state, processes: [...state.processes, entry]}));
}

export function dropProcesses(pids: readonly number[]): void {
  change(state => ({...state, processes: state.processes.filter(entry => !pids.includes(entry.pid))}));
}

export function addBroker(name: string, broker: BrokerState): void {
  change(state => ({...state, brokers: {...state.brokers, [name]: broker}}));
}

export function noteContexts(name: string, contexts: AddedContexts): void {
  change(state => ({...state, contexts: {...state.contexts, [name]: contexts}}));
}

export function dropBroker(name: string): void {
  change(({processes, brokers, contexts}) => ({
    processes: processes.filter(entry => entry.broker !== name),
    brokers: Object.fromEntries(Object.entries(brokers).filter(([key]) => key !== name)),
    contexts: Object.fromEntries(Object.entries(contexts).filter(([key]) => key !== name)),
  }));
}
