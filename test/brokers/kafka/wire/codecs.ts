import type {Api} from '../../../../src/brokers/kafka/wire/api.ts';
import {apiVersions} from '../../../../src/brokers/kafka/wire/api-versions.ts';
import {consumerGroupDescribe} from '../../../../src/brokers/kafka/wire/consumer-group-describe.ts';
import {configOf, describeConfigs} from '../../../../src/brokers/kafka/wire/describe-configs.ts';
import {describeGroups} from '../../../../src/brokers/kafka/wire/describe-groups.ts';
import {describeLogDirs} from '../../../../src/brokers/kafka/wire/describe-log-dirs.ts';
import {describeProducers} from '../../../../src/brokers/kafka/wire/describe-producers.ts';
import {describeShareGroupOffsets} from '../../../../src/brokers/kafka/wire/describe-share-group-offsets.ts';
import {describeTransactions} from '../../../../src/brokers/kafka/wire/describe-transactions.ts';
import {fetch} from '../../../../src/brokers/kafka/wire/fetch.ts';
import {findCoordinator} from '../../../../src/brokers/kafka/wire/find-coordinator.ts';
import {initProducerId} from '../../../../src/brokers/kafka/wire/init-producer-id.ts';
import {listGroups} from '../../../../src/brokers/kafka/wire/list-groups.ts';
import {listOffsets, offsetAt} from '../../../../src/brokers/kafka/wire/list-offsets.ts';
import {listTransactions} from '../../../../src/brokers/kafka/wire/list-transactions.ts';
import {metadata} from '../../../../src/brokers/kafka/wire/metadata.ts';
import {offsetFetch} from '../../../../src/brokers/kafka/wire/offset-fetch.ts';
import {produce} from '../../../../src/brokers/kafka/wire/produce.ts';
import {shareGroupDescribe} from '../../../../src/brokers/kafka/wire/share-group-describe.ts';

/** A codec with a request to send: the pair's types stay together. */
export interface Codec {
  readonly api: Api<never, unknown>;
  /** For a topic of one partition, a group that committed in it, a share group, and the id of a transaction on it. */
  request(on: On): unknown;
}

interface On {
  readonly topic: string;
  readonly topicId: string;
  readonly group: string;
  readonly share: string;
  readonly transactionalId: string;
}

function codec<Request>(api: Api<Request, unknown>, request: (on: On) => Request): Codec {
  return {api, request};
}

const partition0 = (name: string) => [{name, partitions: [0]}];

/** Every codec of what looks without changing anything. */
export const codecs: readonly Codec[] = [
  codec(apiVersions, () => ({})),
  codec(metadata, ({topic}) => ({topics: [topic]})),
  codec(listOffsets, ({topic}) => ({
    readCommitted: true,
    topics: [{name: topic, partitions: [{partition: 0, at: offsetAt.latest}]}],
  })),
  codec(fetch, ({topic, topicId}) => ({
    topic,
    topicId,
    maxWaitMs: 0,
    maxBytes: 65_536,
    partitions: [{partition: 0, offset: 1n, maxBytes: 65_536}],
  })),
  codec(findCoordinator, ({group}) => ({type: 'group' as const, keys: [group]})),
  codec(offsetFetch, ({group}) => ({groups: [{group, topics: null}]})),
  codec(listGroups, () => ({})),
  codec(describeGroups, ({group}) => ({groups: [group]})),
  codec(consumerGroupDescribe, ({group}) => ({groups: [group]})),
  codec(shareGroupDescribe, ({share}) => ({groups: [share]})),
  codec(describeShareGroupOffsets, ({share}) => ({groups: [{group: share, topics: null}]})),
  codec(describeLogDirs, ({topic}) => ({topics: partition0(topic)})),
  codec(describeConfigs, ({topic}) => ({resources: [{type: configOf.topic, name: topic, keys: ['retention.ms']}]})),
  codec(describeProducers, ({topic}) => ({topics: partition0(topic)})),
  codec(listTransactions, () => ({states: [], producerIds: []})),
  codec(describeTransactions, ({transactionalId}) => ({transactionalIds: [transactionalId]})),
];

/** Codecs whose answer is another each time. */
export const changing: readonly Codec[] = [
  codec(initProducerId, () => ({})),
  codec(produce, ({topic}) => ({topic, timeoutMs: 1000, partitions: []})),
];

export function versionsOf({api}: Codec): number[] {
  return Array.from({length: api.versions.max - api.versions.min + 1}, (_, index) => api.versions.min + index);
}
