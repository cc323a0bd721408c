import {Failure} from '../../model/failure.ts';

export interface Precondition {
  readonly name: string;
  readonly value: string;
}

/**
 * Compares what a plan was made on with what is so now; what is no longer there counts as changed.
 * @throws {Failure} `planStale`, naming the first difference
 */
export function requireUnchanged(planned: readonly Precondition[], now: readonly Precondition[]): void {
  const current = new Map(now.map(({name, value}) => [name, value]));
  for (const {name, value} of planned) {
    if (current.get(name) === value) continue;
    throw new Failure('planStale', 'The plan no longer fits: something changed since it was made', {
      broker: `${name}: ${value} in the plan, ${current.get(name) ?? 'gone'} now`,
      hints: ['Nothing was changed. Make the plan again.'],
    });
  }
}
