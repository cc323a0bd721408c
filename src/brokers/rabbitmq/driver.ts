import type {Driver} from '../port.ts';
import {rabbitCapabilities} from './rabbit-capabilities.ts';

export const rabbitmqDriver: Driver = {
  system: 'rabbitmq',
  terms: {
    destination: 'queue',
    destinations: 'queues',
    partition: null,
    subscription: 'queue',
    subscriptions: 'queues',
    member: 'consumer',
    position: 'offset',
    cursor: null,
    lag: 'ready',
    ready: 'ready',
    inFlight: 'unacked',
  },
  capabilities: rabbitCapabilities,
  queryKeys: ['management'],
  open: async (target, {signal}) => (await import('./open.ts')).openRabbitmq(rabbitmqDriver, target, signal),
};
