import {Failure} from '../model/failure.ts';
import type {Report} from '../model/report.ts';
import type {Context} from './context.ts';

/**
 * Asks every context at once and puts the answers together in the order of the contexts. A context that fails is a failure
 * of the report and leaves the others' rows standing; an interruption or a bug ends it all.
 */
export async function fanOut<Row>(
  contexts: readonly Context[],
  ask: (context: Context) => Promise<Report<Row>>,
): Promise<Report<Row>> {
  const answers = await Promise.all(
    contexts.map(async (context): Promise<Report<Row>> => {
      try {
        return await ask(context);
      } catch (error) {
        return {rows: [], warnings: [], failures: [expected(error).inContext(context.name)]};
      }
    }),
  );
  return {
    rows: answers.flatMap(({rows}) => rows),
    warnings: answers.flatMap(({warnings}) => warnings),
    failures: answers.flatMap(({failures}) => failures),
  };
}

/** The failure to report; whatever else was thrown is a bug and is thrown again. */
export function expected(error: unknown): Failure {
  if (error instanceof Failure && error.kind !== 'interrupted') return error;
  throw error;
}
