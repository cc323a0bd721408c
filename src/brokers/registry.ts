import {Failure} from '../model/failure.ts';
import type {System} from '../model/system.ts';
import type {Driver} from './port.ts';

/** Each system's URL schemes; a `+tls`, `+ssl` or `s` form asks for TLS. */
const schemes: Readonly<Record<string, System>> = {
  file: 'file',
  kafka: 'kafka',
  'kafka+tls': 'kafka',
  amqp: 'rabbitmq',
  amqps: 'rabbitmq',
  nats: 'nats',
  'nats+tls': 'nats',
};

const loaders: Readonly<Partial<Record<System, () => Promise<Driver>>>> = {
  file: async () => (await import('./file/driver.ts')).fileDriver,
  kafka: async () => (await import('./kafka/driver.ts')).kafkaDriver,
  rabbitmq: async () => (await import('./rabbitmq/driver.ts')).rabbitmqDriver,
  nats: async () => (await import('./nats/driver.ts')).natsDriver,
};

/** Systems that have a driver, in the order of the capability matrix. */
export const systems = Object.keys(loaders) as readonly System[];

/** The system a URL scheme means. @throws {Failure} `usage` */
export function systemOf(scheme: string): System {
  const system = Object.hasOwn(schemes, scheme) ? schemes[scheme] : undefined;
  if (!system) {
    throw new Failure('usage', `"${scheme}" is not a broker URL scheme`, {
      hints: [`Use one of: ${Object.keys(schemes).join(', ')}.`],
    });
  }
  return system;
}

export function wantsTls(scheme: string): boolean {
  return /\+(?:tls|ssl)$/.test(scheme) || scheme === 'amqps';
}

/** Loads one driver, and no other: `--help` loads none, and a Kafka command never loads AMQP. */
export async function loadDriver(system: System): Promise<Driver> {
  const load = loaders[system];
  if (!load) throw new Failure('unsupported', `brokerctl has no driver for ${system} yet`);
  return load();
}

/** Loads what makes the demo: a folder for the file broker, with the same story for the same seed and time. */
export async function loadDemo(): Promise<(folder: string, options: {seed: number; now: Date}) => Promise<void>> {
  return (await import('./file/demo/make.ts')).makeDemo;
}
