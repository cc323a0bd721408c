import {type Capabilities, operations} from '../brokers/capabilities.ts';
import type {Driver} from '../brokers/port.ts';
import type {Report} from '../model/report.ts';
import type {CapabilityRow} from '../model/rows/capability.ts';
import type {System} from '../model/system.ts';
import type {Context} from './context.ts';
import {fanOut} from './fan-out.ts';

/** What each system can do at most, in the order of the drivers given. No I/O. */
export function capabilityRows(drivers: readonly Driver[]): CapabilityRow[] {
  return drivers.flatMap(({system, capabilities}) => rowsOf({context: null, system, destination: null}, capabilities));
}

/** What the servers asked can do, and, given a destination, what can be done with it. */
export async function capabilitiesOf(
  contexts: readonly Context[],
  destination: string | null,
  signal: AbortSignal,
): Promise<Report<CapabilityRow>> {
  return fanOut(contexts, async ({name, broker}) => {
    const {capabilities} = destination === null ? broker : await broker.inspector.describe(destination, signal);
    return {
      rows: rowsOf({context: name, system: broker.driver.system, destination}, capabilities),
      warnings: [],
      failures: [],
    };
  });
}

function rowsOf(
  of: {readonly context: string | null; readonly system: System; readonly destination: string | null},
  capabilities: Capabilities,
): CapabilityRow[] {
  return supportRows(capabilities).map(row => ({...of, ...row}));
}

/** One row an operation, in the order of the matrix. */
export function supportRows(capabilities: Capabilities): Omit<CapabilityRow, 'context' | 'system' | 'destination'>[] {
  return (Object.keys(operations) as (keyof typeof operations)[]).map(operation => {
    const support = capabilities[operation];
    const note = support.level === 'native' ? null : support.level === 'emulated' ? support.caveat : support.because;
    const instead = support.level === 'none' ? (support.instead ?? null) : null;
    return {operation, meaning: operations[operation], level: support.level, note, instead};
  });
}
