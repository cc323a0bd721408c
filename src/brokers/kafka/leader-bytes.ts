import {stopIfAborted} from '../errors.ts';
import {Failure} from '../../model/failure.ts';
import type {Warning} from '../../model/failure.ts';
import {PartitionTable} from './partition-table.ts';
import type {Cluster} from './wire/cluster.ts';
import {describeLogDirs} from './wire/describe-log-dirs.ts';
import {code, problemOf} from './wire/error-codes.ts';
import type {TopicMetadata} from './wire/metadata.ts';
import {retry} from './wire/retry.ts';

export interface LeaderBytes {
  readonly bytes: PartitionTable<number>;
  readonly warnings: readonly Warning[];
}

/**
 * Bytes on disk of each partition, of its leader's replica only: counting followers as well would multiply them. One
 * request to each node that leads. A partition whose size is not known is not in the table.
 */
export async function leaderBytes(
  cluster: Cluster,
  topics: readonly TopicMetadata[],
  signal: AbortSignal,
): Promise<LeaderBytes> {
  const bytes = new PartitionTable<number>();
  if (cluster.version(describeLogDirs) === null) return {bytes, warnings: []};
  const byLeader = new Map<number, {name: string; partitions: number[]}[]>();
  for (const {name, partitions} of topics) {
    for (const {leader, partition} of partitions) {
      if (!cluster.nodes.has(leader)) continue;
      let wanted = byLeader.get(leader);
      if (!wanted) byLeader.set(leader, (wanted = []));
      let last = wanted.at(-1);
      if (last?.name !== name) wanted.push((last = {name, partitions: []}));
      last.partitions.push(partition);
    }
  }
  const problems = await Promise.all(
    [...byLeader].map(async ([leader, wanted]): Promise<string | null> => {
      try {
        const answer = await retry(() => cluster.send(leader, describeLogDirs, {topics: wanted}, signal), signal);
        for (const dir of answer.dirs)
          for (const {name, partitions} of dir.topics)
            for (const one of partitions) if (!one.future) bytes.set(name, one.partition, Number(one.bytes));
        if (answer.error !== code.none) return problemOf(answer.error);
        // Before version 3 a missing right shows only as an answer without any folder.
        if (answer.dirs.length === 0) return problemOf(code.clusterAuthorizationFailed);
        const broken = answer.dirs.find(({error}) => error !== code.none);
        return broken ? `${broken.path}: ${problemOf(broken.error)}` : null;
      } catch (error) {
        stopIfAborted(signal);
        if (!(error instanceof Failure)) throw error;
        return `node ${leader}: ${error.broker ?? error.message}`;
      }
    }),
  );
  const said = [...new Set(problems.filter(problem => problem !== null))];
  const message = `Sizes in bytes are not known everywhere: ${said.join('; ')}. They need Describe on the cluster.`;
  return {bytes, warnings: said.length === 0 ? [] : [{code: 'bytesUnknown', message}]};
}
