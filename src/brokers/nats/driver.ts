import type {Driver} from '../port.ts';
import {natsCapabilities} from './nats-capabilities.ts';

export const natsDriver: Driver = {
  system: 'nats',
  terms: {
    destination: 'stream',
    destinations: 'streams',
    partition: null,
    subscription: 'consumer',
    subscriptions: 'consumers',
    member: 'subscriber',
    position: 'sequence',
    cursor: 'delivered',
    lag: 'pending',
    ready: 'messages',
    inFlight: 'ack pending',
  },
  capabilities: natsCapabilities,
  queryKeys: ['domain', 'prefix', 'creds'],
  open: async (target, {signal}) => (await import('./open.ts')).openNats(natsDriver, target, signal),
};
