import type {Measured} from '../model/depth.ts';
import type {SkewCause, SkewMeasure, SkewRow, SkewValue} from '../model/rows/skew.ts';
import type {Context} from './context.ts';
import type {Spread} from './skew-verdict.ts';
import {measuredTogether} from './sums.ts';

/** What a row is put together from. */
export interface Shares {
  readonly destination: string | null;
  readonly subscription?: string;
  readonly by: SkewMeasure;
  readonly spread: Spread;
  readonly values: readonly SkewValue[];
  readonly measured: readonly Measured[];
  readonly causes?: readonly SkewCause[];
  readonly problem?: string | undefined;
}

export function skewRow(context: Context, shares: Shares): SkewRow {
  const {spread, values, by} = shares;
  const {total, mean, max, maxAt, ratio, verdict} = spread;
  return {
    context: context.name,
    system: context.broker.driver.system,
    destination: shares.destination,
    subscription: shares.subscription ?? null,
    by,
    partitions: values.length,
    total,
    mean,
    max,
    maxPartition: maxAt === null ? null : (values[maxAt]?.partition ?? null),
    ratio,
    verdict,
    causes: [...emptyOnes(context, spread, values), ...(shares.causes ?? [])],
    morePartitionsHelp: null,
    values,
    keys: null,
    members: null,
    ...measuredTogether(shares.measured, new Date()),
    problem: shares.problem ?? null,
  };
}

/** Our word or the broker's for a partition. */
export function partitionTerm({broker}: Context): string {
  return broker.driver.terms.partition ?? 'partition';
}

function emptyOnes(context: Context, {empty}: Spread, values: readonly SkewValue[]): SkewCause[] {
  if (empty.length === 0) return [];
  const names = empty.flatMap(index => values[index]?.partition ?? []);
  const more = names.length > 5 ? ` and ${names.length - 5} more` : '';
  const term = partitionTerm(context);
  const message = `${term} ${names.slice(0, 5).join(', ')}${more}: nothing. Added lately, or the producers do not use it`;
  return [{code: 'empty-partitions', message}];
}
