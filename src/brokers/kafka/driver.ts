import type {Driver} from '../port.ts';

// Replaced by the kafka driver's own first commit.
export const kafkaDriver = undefined as unknown as Driver;
