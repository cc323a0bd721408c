import type {DepthRow} from '../../model/rows/depth.ts';
import type {View} from '../view.ts';
import {bytesCell, countCell, knownCell, secondsCell, timeCell} from './cells.ts';

export interface DepthViewOptions {
  readonly by: 'destination' | 'partition';
  /** Ages were asked for. */
  readonly age: boolean;
}

export function depthView({by, age}: DepthViewOptions): View<DepthRow> {
  return {
    command: 'depth',
    columns: [
      {key: 'context', heading: 'context', value: row => row.context, ofSeveral: true},
      {key: 'system', heading: 'system', value: row => row.system, wide: true},
      {key: 'destination', heading: terms => terms?.destination ?? 'destination', value: row => row.destination},
      {key: 'kind', heading: 'kind', value: row => row.kind, priority: 3},
      {
        key: 'partition',
        heading: terms => terms?.partition ?? 'partition',
        value: row => row.partition,
        wide: by !== 'partition',
        align: 'right',
      },
      {
        key: 'partitions',
        heading: terms => (terms?.partition ? `${terms.partition}s` : 'partitions'),
        value: row => row.partitions,
        wide: by === 'partition',
        align: 'right',
        priority: 4,
      },
      {
        key: 'messages',
        heading: 'messages',
        value: row => row.messages,
        text: row => knownCell(row.messages),
        tone: row => (row.messages === null ? 'warn' : null),
        align: 'right',
      },
      {
        key: 'ready',
        heading: terms => terms?.ready ?? 'ready',
        value: row => row.ready,
        text: row => countCell(row.ready),
        align: 'right',
        priority: 5,
      },
      {
        key: 'inFlight',
        heading: terms => terms?.inFlight ?? 'in flight',
        value: row => row.inFlight,
        text: row => countCell(row.inFlight),
        align: 'right',
        priority: 5,
      },
      {key: 'scheduled', heading: 'scheduled', value: row => row.scheduled, align: 'right', wide: true},
      {
        key: 'bytes',
        heading: 'size',
        value: row => row.bytes,
        text: row => bytesCell(row.bytes),
        align: 'right',
        priority: 1,
      },
      {
        key: 'oldestAgeSeconds',
        heading: 'oldest',
        value: row => row.oldestAgeSeconds,
        text: row => secondsCell(row.oldestAgeSeconds),
        align: 'right',
        wide: !age,
      },
      {
        key: 'firstPosition',
        heading: terms => `first ${terms?.position ?? 'position'}`,
        value: row => row.firstPosition,
        align: 'right',
        wide: by !== 'partition',
        priority: 2,
      },
      {
        key: 'lastPosition',
        heading: terms => `last ${terms?.position ?? 'position'}`,
        value: row => row.lastPosition,
        align: 'right',
        wide: by !== 'partition',
        priority: 2,
      },
      {key: 'leader', heading: 'leader', value: row => row.leader, wide: true},
      {key: 'method', heading: 'method', value: row => row.method, wide: true},
      {key: 'exact', heading: 'exact', value: row => row.exact, text: row => (row.exact ? 'yes' : 'no'), wide: true},
      {key: 'asOf', heading: 'as of', value: row => row.asOf, text: row => timeCell(row.asOf), wide: true},
      {key: 'problem', heading: 'problem', value: row => row.problem, wide: true, flexible: true},
    ],
  };
}
