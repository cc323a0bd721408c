import type {Driver} from '../brokers/port.ts';
import {loadDriver, systems} from '../brokers/registry.ts';

/** Every driver there is, in the order of the capability matrix. No client library is loaded by it. */
export function allDrivers(): Promise<readonly Driver[]> {
  return Promise.all(systems.map(loadDriver));
}
