import type {LagRow, LagState} from '../../model/rows/lag.ts';
import type {Tone, View} from '../view.ts';
import {countCell, knownCell, rateCell, secondsCell, timeCell} from './cells.ts';

export interface LagViewOptions {
  readonly by: 'subscription' | 'destination' | 'partition';
  /** Ages were asked for. */
  readonly age: boolean;
  /** There were two looks, so that there are rates. */
  readonly over: boolean;
}

const tones: Readonly<Record<LagState, Tone>> = {
  ok: 'good',
  idle: 'dim',
  'catching-up': 'good',
  'falling-behind': 'warn',
  stalled: 'bad',
  stopped: 'bad',
  'no-members': 'bad',
  'no-cursor': 'warn',
  losing: 'bad',
  lost: 'bad',
  rewound: 'bad',
  unknown: 'warn',
};

export function lagView({by, age, over}: LagViewOptions): View<LagRow> {
  const parts = by === 'partition';
  return {
    command: 'lag',
    columns: [
      {key: 'context', heading: 'context', value: row => row.context, ofSeveral: true},
      {key: 'system', heading: 'system', value: row => row.system, wide: true},
      {key: 'subscription', heading: terms => terms?.subscription ?? 'subscription', value: row => row.subscription},
      {key: 'subscriptionKind', heading: 'kind', value: row => row.subscriptionKind, wide: true},
      {
        key: 'destination',
        heading: terms => terms?.destination ?? 'destination',
        value: row => row.destination,
        // A row over several says how many; JSON has `null` and `destinations`.
        text: row => row.destination ?? (row.destinations === 0 ? '-' : `(${row.destinations})`),
        redundant: terms => terms !== null && terms.subscription === terms.destination,
        priority: by === 'subscription' ? 3 : 0,
      },
      {
        key: 'partition',
        heading: terms => terms?.partition ?? 'partition',
        value: row => row.partition,
        align: 'right',
        wide: !parts,
      },
      {key: 'destinations', heading: 'destinations', value: row => row.destinations, align: 'right', wide: true},
      {key: 'partitions', heading: 'partitions', value: row => row.partitions, align: 'right', wide: true},
      {
        key: 'position',
        heading: terms => terms?.cursor ?? terms?.position ?? 'position',
        value: row => row.position,
        align: 'right',
        wide: !parts,
        priority: 5,
      },
      {key: 'end', heading: 'end', value: row => row.end, align: 'right', wide: !parts, priority: 5},
      {
        key: 'lag',
        heading: terms => terms?.lag ?? 'lag',
        value: row => row.lag,
        text: row => knownCell(row.lag),
        tone: row => (row.lag === null ? 'warn' : null),
        align: 'right',
      },
      {
        key: 'lagSeconds',
        heading: 'behind by',
        value: row => row.lagSeconds,
        text: row => secondsCell(row.lagSeconds),
        align: 'right',
        wide: !age,
      },
      {
        key: 'lost',
        heading: 'lost',
        value: row => row.lost,
        text: row => countCell(row.lost),
        tone: row => (row.lost ? 'bad' : null),
        align: 'right',
        priority: 4,
      },
      {
        key: 'inFlight',
        heading: terms => terms?.inFlight ?? 'in flight',
        value: row => row.inFlight,
        text: row => countCell(row.inFlight),
        align: 'right',
        priority: 6,
      },
      {key: 'redelivered', heading: 'redelivered', value: row => row.redelivered, align: 'right', wide: true},
      {
        key: 'members',
        heading: terms => (terms ? `${terms.member}s` : 'members'),
        value: row => row.members,
        text: row => countCell(row.members),
        align: 'right',
        priority: parts ? 7 : 2,
      },
      {key: 'member', heading: terms => terms?.member ?? 'member', value: row => row.member, wide: true},
      {
        key: 'state',
        heading: 'state',
        value: row => row.state,
        // After one look, that it cannot tell is no news.
        text: row => (row.state === 'unknown' && !over && row.lag !== null ? '-' : row.state),
        tone: row => tones[row.state],
      },
      {
        key: 'readPerSecond',
        heading: 'read',
        value: row => row.readPerSecond,
        text: row => rateCell(row.readPerSecond),
        align: 'right',
        wide: !over,
        priority: 3,
      },
      {
        key: 'addedPerSecond',
        heading: 'added',
        value: row => row.addedPerSecond,
        text: row => rateCell(row.addedPerSecond),
        align: 'right',
        wide: !over,
        priority: 3,
      },
      {
        key: 'lossInSeconds',
        heading: 'loss in',
        value: row => row.lossInSeconds,
        text: row => secondsCell(row.lossInSeconds),
        tone: row => (row.lossInSeconds === null ? null : 'bad'),
        align: 'right',
        wide: !over,
        priority: 1,
      },
      {
        key: 'drainInSeconds',
        heading: 'drained in',
        value: row => row.drainInSeconds,
        text: row => secondsCell(row.drainInSeconds),
        align: 'right',
        wide: !over,
        priority: 1,
      },
      {key: 'method', heading: 'method', value: row => row.method, wide: true},
      {key: 'exact', heading: 'exact', value: row => row.exact, text: row => (row.exact ? 'yes' : 'no'), wide: true},
      {key: 'asOf', heading: 'as of', value: row => row.asOf, text: row => timeCell(row.asOf), wide: true},
      {key: 'problem', heading: 'problem', value: row => row.problem, wide: true, flexible: true},
    ],
  };
}
