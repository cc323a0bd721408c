import type {Destination} from '../model/destination.ts';
import type {SkewCause, SkewRow} from '../model/rows/skew.ts';
import type {Progress, Subscription} from '../model/subscription.ts';
import type {Context} from './context.ts';
import {partitionTerm, skewRow} from './skew-rows.ts';
import {judgeSpread, type Spread} from './skew-verdict.ts';
import {sum} from './sums.ts';

/** How a subscription's lag is spread, a row for each destination it reads. */
export function lagSkewRows(
  context: Context,
  subscription: Subscription,
  destinations: readonly Destination[],
): SkewRow[] {
  const names = [...new Set(subscription.progress.map(({destination}) => destination))];
  return names.map(name => {
    const lines = subscription.progress.filter(({destination}) => destination === name);
    const lags = lines.map(({lag}) => lag);
    const spread = judgeSpread(lags, {messages: sum(lags), emptyMatters: false});
    const destination = destinations.find(one => one.name === name);
    return skewRow(context, {
      destination: name,
      subscription: subscription.name,
      by: 'lag',
      spread,
      values: lines.map(({partition, member, lag}) => ({partition, member, value: lag})),
      measured: lines,
      causes: destination ? causesOf(context, spread, lines, destination) : [],
      problem: subscription.problem ?? lines.find(({problem}) => problem !== undefined)?.problem,
    });
  });
}

/** Lag in the partition that holds the most comes of what is sent there; elsewhere it comes of who reads. */
function causesOf(
  context: Context,
  {verdict, maxAt}: Spread,
  lines: readonly Progress[],
  {partitions}: Destination,
): SkewCause[] {
  const worst = maxAt === null ? undefined : lines[maxAt];
  if (verdict !== 'skewed' || worst === undefined) return [];
  const held = partitions.map(({depth}) => depth.messages);
  const sent = judgeSpread(held, {messages: sum(held), emptyMatters: true});
  if (sent.verdict === 'unknown') return [];
  const place = `${partitionTerm(context)} ${worst.partition}`;
  if (sent.verdict === 'skewed' && sent.maxAt !== null && partitions[sent.maxAt]?.id === worst.partition) {
    const message = `${place} also holds the most messages: see --by keys. Whether it is read at all: lag --by partition --over 10s`;
    return [{code: 'traffic', message}];
  }
  const reader = worst.member === null ? 'nobody that the broker names' : worst.member;
  return [{code: 'reader', message: `${place} does not hold the most messages: it is read more slowly, by ${reader}`}];
}
