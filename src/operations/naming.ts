import {Failure} from '../model/failure.ts';
import type {Context} from './context.ts';

/** `orders:3`, or the bare name of what has no partitions. */
export function placeName(destination: string, partition: string | null): string {
  return partition === null ? destination : `${destination}:${partition}`;
}

/** The broker's own word, when one system is asked; else ours. */
export function oneTerm(contexts: readonly Context[], word: 'destination' | 'subscription'): string {
  const terms = new Set(contexts.map(({broker}): string => broker.driver.terms[word]));
  const [only] = terms;
  return terms.size === 1 && only !== undefined ? only : word;
}

export function noPartition({name, broker}: Context, destination: string, wanted: string, there: string[]): Failure {
  const term = broker.driver.terms.partition ?? 'partition';
  return new Failure('notFound', `${destination} on ${name} has no ${term} "${wanted}"`, {
    hints: [
      there.length === 0
        ? `It is not partitioned: write its name alone.`
        : `It has ${there.length}: ${there.slice(0, 8).join(', ')}${there.length > 8 ? ', …' : ''}.`,
    ],
    context: name,
  });
}
