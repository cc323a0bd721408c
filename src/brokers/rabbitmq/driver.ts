import type {Driver} from '../port.ts';

// Replaced by the rabbitmq driver's own first commit.
export const rabbitmqDriver = undefined as unknown as Driver;
