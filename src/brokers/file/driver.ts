import type {Driver} from '../port.ts';

// Replaced by the file driver's own first commit.
export const fileDriver = undefined as unknown as Driver;
