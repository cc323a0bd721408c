/** Systems whose drivers this process has loaded: bin/run.cjs keeps their compiled code for the next start. */
export const usedDrivers = new Set<string>();
