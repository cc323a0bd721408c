import type {Warning} from '../../model/failure.ts';
import type {Progress, Subscription} from '../../model/subscription.ts';
import type {LogFacts} from './progress.ts';

/** More are counted and not named: a fleet may have hundreds. */
const mostNamed = 20;

/**
 * What to say of partitions that have messages, in topics where a group has committed elsewhere, and where it has neither
 * a commit nor a member. The group may never read them, or a member may take them up tomorrow: they are in no sum.
 */
export function uncommittedPartitions(groups: readonly Subscription[], logs: LogFacts): readonly Warning[] {
  const said = groups.flatMap(group => {
    if (group.kind === 'share') return [];
    const committed = group.progress.filter(({position}) => position !== null).map(({destination}) => destination);
    return [...new Set(committed)].flatMap(topic => {
      const left = absent(topic, group.progress, logs);
      const held = left.reduce<number | null>((sum, one) => (sum === null || one === null ? null : sum + one), 0);
      if (held === 0) return [];
      const messages = held === null ? 'an unknown number of messages' : `${held} messages`;
      const where = `in ${left.length} partitions of "${topic}", which hold ${messages}`;
      return `"${group.name}" has no commit and no member ${where}: not in its lag`;
    });
  });
  const code = 'uncommittedPartitions';
  const more = said.length - mostNamed;
  return [
    ...said.slice(0, mostNamed).map(message => ({code, message})),
    ...(more > 0 ? [{code, message: `The same holds for ${more} more pairs of a group and a topic`}] : []),
  ];
}

/** Messages that each partition without a line holds; `null` where that is not known. */
function absent(topic: string, progress: readonly Progress[], logs: LogFacts): readonly (number | null)[] {
  const shown = new Set(progress.filter(({destination}) => destination === topic).map(({partition}) => partition));
  return (logs.topics.get(topic)?.partitions ?? [])
    .filter(({partition}) => !shown.has(String(partition)))
    .map(({partition}) => {
      const [first, end] = [logs.first, logs.end].map(table => table.get(topic, partition));
      const isKnown = first && end && first.problem === undefined && end.problem === undefined;
      return isKnown ? Number(end.offset - first.offset) : null;
    });
}
