import type {Broker} from '../brokers/port.ts';

/** One open broker under the name of its context: what every operation works on. */
export interface Context {
  readonly name: string;
  readonly broker: Broker;
}
