import type {Terms} from '../../model/system.ts';

export const fileTerms: Terms = {
  destination: 'destination',
  destinations: 'destinations',
  partition: 'partition',
  subscription: 'subscription',
  subscriptions: 'subscriptions',
  member: 'member',
  position: 'position',
  cursor: 'cursor',
  lag: 'lag',
  ready: 'ready',
  inFlight: 'in flight',
};
