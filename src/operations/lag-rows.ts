import type {LagRow} from '../model/rows/lag.ts';
import type {Progress, Subscription} from '../model/subscription.ts';
import type {Context} from './context.ts';
import {type Verdict, worst} from './lag-verdict.ts';
import {greatest, measuredTogether, sum} from './sums.ts';

export type LagGrouping = 'subscription' | 'destination' | 'partition';

/** One subscription's progress in one partition, judged. */
export interface Line {
  readonly subscription: Subscription;
  readonly progress: Progress;
  readonly ageSeconds: number | null;
  readonly verdict: Verdict;
}

/** Puts lines together as they are asked for. A subscription that has no line yet still has its row. */
export function lagRows(
  context: Context,
  subscriptions: readonly Subscription[],
  lines: readonly Line[],
  by: LagGrouping,
): LagRow[] {
  const groups = new Map<Subscription, Map<string, Line[]>>(subscriptions.map(one => [one, new Map()]));
  for (const line of lines) {
    const {destination, partition} = line.progress;
    const key =
      by === 'subscription' ? '' : JSON.stringify(by === 'destination' ? [destination] : [destination, partition]);
    const group = groups.get(line.subscription);
    const own = group?.get(key);
    if (own) own.push(line);
    else group?.set(key, [line]);
  }
  return [...groups].flatMap(([subscription, group]) =>
    group.size === 0
      ? [rowOf(context, subscription, [])]
      : [...group.values()].map(own => rowOf(context, subscription, own)),
  );
}

function rowOf(context: Context, subscription: Subscription, lines: readonly Line[]): LagRow {
  const progress = lines.map(line => line.progress);
  const verdicts = lines.map(({verdict}) => verdict);
  const destinations = [...new Set(progress.map(({destination}) => destination))];
  const [only] = lines.length === 1 ? lines : [];
  const total = (of: (line: Progress) => number | null) => sum(progress.map(of));
  const losses = verdicts.flatMap(({lossInSeconds}) => lossInSeconds ?? []);
  const problem = subscription.problem ?? progress.find(line => line.problem !== undefined)?.problem;
  return {
    context: context.name,
    system: context.broker.driver.system,
    subscription: subscription.name,
    subscriptionKind: subscription.kind,
    destination: destinations.length === 1 ? (destinations[0] ?? null) : null,
    partition: only?.progress.partition ?? null,
    destinations: destinations.length,
    partitions: lines.length,
    position: only?.progress.position ?? null,
    end: only?.progress.end ?? null,
    lag: total(line => line.lag),
    lagSeconds: greatest(lines.map(({ageSeconds}) => ageSeconds)),
    lost: total(line => line.lost),
    inFlight: total(line => line.inFlight),
    redelivered: total(line => line.redelivered),
    members: subscription.members,
    member: only?.progress.member ?? null,
    state: lines.length === 0 ? withoutLines(subscription) : worst(verdicts.map(({state}) => state)),
    readPerSecond: sum(verdicts.map(({readPerSecond}) => readPerSecond)),
    addedPerSecond: sum(verdicts.map(({addedPerSecond}) => addedPerSecond)),
    lossInSeconds: losses.length === 0 ? null : Math.min(...losses),
    drainInSeconds: greatest(verdicts.map(({drainInSeconds}) => drainInSeconds)),
    ...measuredTogether(progress, new Date()),
    problem: problem ?? null,
  };
}

/** A subscription that has read nothing yet, or of which nothing could be learnt. */
function withoutLines({problem}: Subscription): LagRow['state'] {
  return problem === undefined ? 'no-cursor' : 'unknown';
}
