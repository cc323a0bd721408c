import type {SkewVerdict} from '../model/rows/skew.ts';
import {sum} from './sums.ts';

/** How evenly values are spread. `null` as soon as one of them is unknown. */
export interface Spread {
  readonly total: number | null;
  readonly mean: number | null;
  readonly max: number | null;
  /** Index of the greatest value. */
  readonly maxAt: number | null;
  /** Greatest over mean. */
  readonly ratio: number | null;
  readonly verdict: SkewVerdict;
  /** Indexes of values of nought that chance does not explain. */
  readonly empty: readonly number[];
}

export interface SpreadOptions {
  /** How many messages the values stand for: what chance is measured by. `null` is unknown. */
  readonly messages: number | null;
  /** Parts with nothing are a fault: of traffic, not of lag. */
  readonly emptyMatters: boolean;
}

/** The greatest value must be this many times the mean: 75 % of two partitions, 30 % of five. */
const leastRatio = 1.5;

/** How often evenly spread messages may be called skewed. */
const significance = 0.001;

/**
 * Messages do not choose their partitions one by one: a producer sends a batch to one partition, and a key's messages come
 * in bursts. So many messages are taken for one independent choice (a design effect, Kish 1965).
 */
const messagesAChoice = 10;

/**
 * Skewed is what is both large enough to matter (greatest ÷ mean of 1.5 and more) and beyond chance. Uneven values that
 * chance may have made are `too-few`; so is nothing at all where emptiness matters.
 */
export function judgeSpread(values: readonly (number | null)[], options: SpreadOptions): Spread {
  const parts = values.length;
  const total = sum(values);
  const alone: SkewVerdict | null = parts === 1 ? 'not-partitioned' : null;
  if (total === null) {
    return {total, mean: null, max: null, maxAt: null, ratio: null, verdict: alone ?? 'unknown', empty: []};
  }
  const max = Math.max(...values.map(value => value ?? 0));
  const mean = total / parts;
  const measured = {total, mean, max, maxAt: total > 0 ? values.indexOf(max) : null};
  if (total === 0) {
    const verdict = alone ?? (options.emptyMatters ? 'too-few' : 'ok');
    return {...measured, ratio: null, verdict, empty: []};
  }
  const ratio = max / mean;
  const {messages} = options;
  if (alone) return {...measured, ratio, verdict: alone, empty: []};
  if (messages === null) return {...measured, ratio, verdict: 'unknown', empty: []};
  const unlikelyEmpty = options.emptyMatters && chanceOfEmpty(parts, messages) <= significance;
  const empty = unlikelyEmpty ? values.flatMap((value, index) => (value === 0 ? [index] : [])) : [];
  const beyondChance = isBeyondChance(max / total, parts, messages);
  const verdict =
    empty.length > 0 || (ratio >= leastRatio && beyondChance) ? 'skewed' : ratio < leastRatio ? 'ok' : 'too-few';
  return {...measured, ratio, verdict, empty};
}

/** True when one part's share of so many messages is more than evenly spread messages would give any of them. */
export function isBeyondChance(share: number, parts: number, messages: number): boolean {
  return share > 1 / parts && chanceOfShare(share, parts, messages) <= significance;
}

/**
 * A bound on the chance that, of n independent choices among k equal parts, any part gets a share s or more:
 * k · exp(−n · D(s‖1/k)), with D the Kullback-Leibler divergence of two coins. It is Hoeffding's inequality (1963, theorem 1,
 * the Chernoff bound of a binomial tail) for one part, times k for any of them (union bound), so it holds for every n and
 * k: no normal approximation that would fail with few messages or two partitions.
 */
export function chanceOfShare(share: number, parts: number, messages: number): number {
  const fair = 1 / parts;
  const divergence = term(share, fair) + term(1 - share, 1 - fair);
  return Math.min(1, parts * Math.exp((-messages / messagesAChoice) * divergence));
}

function term(share: number, fair: number): number {
  return share <= 0 ? 0 : share * Math.log(share / fair);
}

/** A bound on the chance that any part gets nothing: k · (1 − 1/k)^n. */
function chanceOfEmpty(parts: number, messages: number): number {
  return Math.min(1, parts * (1 - 1 / parts) ** (messages / messagesAChoice));
}
