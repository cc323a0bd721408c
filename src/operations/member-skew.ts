import type {SkewCause, SkewMember, SkewRow} from '../model/rows/skew.ts';
import type {Progress, Subscription} from '../model/subscription.ts';
import type {Context} from './context.ts';
import {placeName} from './naming.ts';
import {partitionTerm, skewRow} from './skew-rows.ts';
import {judgeSpread, type Spread} from './skew-verdict.ts';
import {sum} from './sums.ts';

interface Shared {
  readonly members: readonly SkewMember[];
  readonly unassigned: readonly Progress[];
}

/**
 * How a subscription's partitions and its lag are shared among its members. An assignment is made and not drawn, so chance
 * has no part in it: it is uneven when a member has more than half again of the mean and could do with fewer.
 */
export function memberSkewRow(context: Context, subscription: Subscription): SkewRow {
  const {progress} = subscription;
  const destinations = [...new Set(progress.map(({destination}) => destination))];
  const shared = sharedOut(subscription);
  const unread = subscription.problem ?? progress.find(line => line.problem !== undefined)?.problem;
  const problem = typeof shared === 'string' ? (unread ?? shared) : undefined;
  const {members, unassigned} = typeof shared === 'string' ? {members: [], unassigned: []} : shared;
  const counts = members.map(({partitions}) => partitions);
  const lag = judgeSpread(
    members.map(one => one.lag),
    {messages: sum(members.map(one => one.lag)), emptyMatters: false},
  );
  const {spread, causes} = judged(context, {counts, members, unassigned, lag});
  const alone = progress.length === 1;
  const row = skewRow(context, {
    destination: destinations.length === 1 ? (destinations[0] ?? null) : null,
    subscription: subscription.name,
    by: 'consumers',
    spread: alone ? {...spread, verdict: 'not-partitioned'} : spread,
    values: members.map(({member, partitions}) => ({partition: null, member, value: partitions})),
    measured: progress,
    causes: alone ? [] : causes,
    problem: alone ? unread : problem,
  });
  return {...row, partitions: progress.length, members: problem === undefined ? members : null};
}

/** Who has what, or why that cannot be told. */
function sharedOut({members, progress}: Subscription): Shared | string {
  if (members === null) return 'the broker does not tell of members';
  if (members === 0) return 'nobody is connected';
  const names = new Set(progress.flatMap(({member}) => member ?? []));
  if (names.size === 0) return 'the broker does not tell which member reads what';
  const unassigned = progress.filter(({member}) => member === null);
  const idle = members - names.size;
  // Members of one name look like one that has more; only when each partition has a name of its own are the rest idle.
  if (idle < 0 || (idle > 0 && names.size < progress.length - unassigned.length))
    return `${members} members are connected under ${names.size} names: who has what cannot be told`;
  const known = [...names].map((member): SkewMember => {
    const own = progress.filter(line => line.member === member);
    return {member, partitions: own.length, lag: sum(own.map(line => line.lag))};
  });
  const without = Array.from({length: idle}, (): SkewMember => ({member: null, partitions: 0, lag: 0}));
  return {members: [...known, ...without], unassigned};
}

function judged(
  context: Context,
  {counts, members, unassigned, lag}: Shared & {readonly counts: readonly number[]; readonly lag: Spread},
): {spread: Spread; causes: SkewCause[]} {
  const term = partitionTerm(context);
  const {member: word} = context.broker.driver.terms;
  const total = sum(counts);
  const nothing = {total, mean: null, max: null, maxAt: null, ratio: null, empty: []};
  if (total === null) return {spread: {...nothing, verdict: 'unknown'}, causes: []};
  const mean = total / counts.length;
  const max = Math.max(...counts);
  const figures = {total, mean, max, maxAt: counts.indexOf(max), ratio: max / mean, empty: []};
  const busiest = members[figures.maxAt]?.member ?? null;
  const causes: SkewCause[] = [];
  const idle = counts.filter(count => count === 0).length;
  if (unassigned.length > 0) {
    const names = unassigned.slice(0, 5).map(({destination, partition}) => placeName(destination, partition));
    const more = unassigned.length > 5 ? ` and ${unassigned.length - 5} more` : '';
    causes.push({code: 'unassigned', message: `no ${word} reads ${names.join(', ')}${more}`});
  }
  const uneven = max / mean >= 1.5 && max > Math.ceil(mean);
  if (uneven) {
    const message = `${busiest} has ${max} of ${total} ${term}s, and a fair share is ${Number(mean.toFixed(1))}`;
    causes.push({code: 'assignment', message});
  } else if (idle > 0) {
    const message = `${idle} of ${counts.length} ${word}s have no ${term}: there are only ${total}`;
    causes.push({code: 'idle-members', message});
  }
  if (!uneven && lag.verdict === 'skewed') {
    const behind = members[lag.maxAt ?? -1]?.member ?? null;
    const message = `${behind} has ${lag.max} of the ${lag.total} unread messages. See --by lag`;
    causes.push({code: 'member-behind', message});
  }
  const skewed = causes.some(({code}) => code !== 'idle-members');
  // Even assignments of which the lag is not known are even in what was asked first.
  return {spread: {...figures, verdict: skewed ? 'skewed' : 'ok'}, causes};
}
