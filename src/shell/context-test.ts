import {operations, type Operation} from '../brokers/capabilities.ts';
import type {System} from '../model/system.ts';
import type {View} from '../output/view.ts';
import type {OpenContext} from './contexts.ts';

/** What opening a context showed. */
export interface TestRow {
  readonly context: string;
  readonly system: System;
  readonly product: string;
  readonly version: string | null;
  readonly cluster: string | null;
  /** From the first packet to the server's version and our rights known. */
  readonly openMs: number;
  /** What this system can do and this server, or our login on it, cannot. */
  readonly lacks: readonly {readonly operation: Operation; readonly because: string}[];
}

export function testRow({name, broker, openMs}: OpenContext): TestRow {
  const {driver, server, capabilities} = broker;
  const {product, version, cluster} = server;
  const lacks = (Object.keys(operations) as Operation[]).flatMap(operation => {
    const support = capabilities[operation];
    return support.level === 'none' && driver.capabilities[operation].level !== 'none'
      ? [{operation, because: support.because}]
      : [];
  });
  return {context: name, system: driver.system, product, version, cluster, openMs, lacks};
}

export const testView: View<TestRow> = {
  command: 'context test',
  columns: [
    {key: 'context', heading: 'Context', value: row => row.context},
    {key: 'system', heading: 'System', value: row => row.system, priority: 2},
    {key: 'product', heading: 'Server', value: row => row.product},
    {key: 'version', heading: 'Version', value: row => row.version},
    {key: 'cluster', heading: 'Cluster', value: row => row.cluster, priority: 3},
    {key: 'openMs', heading: 'Opened in', value: row => row.openMs, text: row => `${row.openMs}ms`, align: 'right'},
    {key: 'lacks', heading: 'Cannot', value: row => row.lacks, text: lacking, priority: 1},
  ],
};

function lacking({lacks}: TestRow): string {
  return lacks.map(({operation}) => operation).join(' ') || 'all works';
}
