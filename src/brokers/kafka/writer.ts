import type {Writer} from '../port.ts';
import type {Target} from '../../model/target.ts';
import {newProducer} from './producer-identity.ts';
import {existingTopic} from './read-bounds.ts';
import type {Cluster} from './wire/cluster.ts';
import {KafkaWriteSession} from './write-session.ts';

/** Stores messages on all replicas in sync, each once: an idempotent producer without a transactional id. */
export function kafkaWriter(cluster: Cluster, target: Target): Writer {
  return {
    async open(destination, _options, signal) {
      const topic = await existingTopic(cluster, target, destination, 'write to', signal);
      return new KafkaWriteSession(cluster, target, topic, await newProducer(cluster, signal));
    },
  };
}
