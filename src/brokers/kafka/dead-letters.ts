import {stopIfAborted} from '../errors.ts';
import type {Listing} from '../port.ts';
import type {DeadLetterHint, DeadLetterRoute} from '../../model/dead-letter.ts';
import {Failure} from '../../model/failure.ts';
import type {Warning} from '../../model/failure.ts';
import {isPattern, nameFilter} from '../../model/name-filter.ts';
import {deadLetterName} from './dead-letter-names.ts';
import {allGroups} from './groups.ts';
import {shareOffsets} from './share-offsets.ts';
import {topicsNamed} from './topics.ts';
import type {Cluster} from './wire/cluster.ts';
import {configOf, describeConfigs} from './wire/describe-configs.ts';
import {retry} from './wire/retry.ts';

/** The group config of Kafka 4.4 that names a share group's dead-letter topic (KIP-1191). */
const shareDeadLetterTopic = 'errors.deadletterqueue.topic.name';

/** Routes by the context's own statement, by the configs of share groups, and by topics' names, strongest first. */
export async function deadLetters(
  cluster: Cluster,
  hints: readonly DeadLetterHint[],
  signal: AbortSignal,
): Promise<Listing<DeadLetterRoute>> {
  const [{topics}, share] = await Promise.all([topicsNamed(cluster, null, signal), shareRoutes(cluster, signal)]);
  const names = topics.map(({name}) => name);
  const known = new Set(names);
  const stated = hints.flatMap(hint => statedRoutes(hint, names));
  const strong = [...stated, ...share.items];
  const settled = new Set(strong.map(({destination}) => destination));
  const named = names.flatMap((name): DeadLetterRoute[] => {
    const found = settled.has(name) ? null : deadLetterName(name, topic => known.has(topic));
    return found ? [{...found, subscription: null, destination: name}] : [];
  });
  const items = [...strong, ...named].sort((one, other) => (one.destination < other.destination ? -1 : 1));
  return {items, warnings: share.warnings};
}

function statedRoutes({source, destination}: DeadLetterHint, topics: readonly string[]): DeadLetterRoute[] {
  const filter = nameFilter([destination]);
  const from = source === null || isPattern(source) ? null : source;
  return topics
    .filter(name => filter.matches(name))
    .map(name => ({source: from, subscription: null, destination: name, foundBy: 'context'}));
}

async function shareRoutes(cluster: Cluster, signal: AbortSignal): Promise<Listing<DeadLetterRoute>> {
  try {
    const {groups, warnings} = await allGroups(cluster, signal);
    const share = groups.filter(({kind}) => kind === 'share');
    if (share.length === 0) return {items: [], warnings};
    const resources = share.map(({name}) => ({type: configOf.group, name, keys: [shareDeadLetterTopic]}));
    const nodes = [...new Set(share.map(({node}) => node))];
    const [configs, ...offsets] = await Promise.all([
      retry(() => cluster.send(null, describeConfigs, {resources}, signal), signal),
      ...nodes.map(node =>
        shareOffsets(
          cluster,
          node,
          share.filter(group => group.node === node).map(({name}) => name),
          signal,
        ),
      ),
    ]);
    const items = configs.resources.flatMap(({name, entries}): DeadLetterRoute[] => {
      const destination = entries.find(entry => entry.name === shareDeadLetterTopic)?.value;
      if (destination === undefined || destination === null || destination === '') return [];
      const read = offsets.flatMap(list => list.get(name)?.offsets.topics() ?? []);
      const sources: readonly (string | null)[] = read.length === 0 ? [null] : read;
      return sources.map(source => ({source, subscription: name, destination, foundBy: 'group config'}));
    });
    return {items, warnings};
  } catch (error) {
    stopIfAborted(signal);
    if (!(error instanceof Failure)) throw error;
    const message = `Share groups' dead-letter topics are not known: ${error.broker ?? error.message}`;
    const warning: Warning = {code: 'shareGroupsUnknown', message};
    return {items: [], warnings: [warning]};
  }
}
