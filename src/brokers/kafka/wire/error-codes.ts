import {Failure} from '../../../model/failure.ts';
import type {FailureKind} from '../../../model/failure.ts';

/** Codes that a driver of ours acts on, by their names in the protocol. */
export const code = {
  none: 0,
  offsetOutOfRange: 1,
  unknownTopicOrPartition: 3,
  leaderNotAvailable: 5,
  notLeaderOrFollower: 6,
  requestTimedOut: 7,
  brokerNotAvailable: 8,
  replicaNotAvailable: 9,
  coordinatorLoadInProgress: 14,
  coordinatorNotAvailable: 15,
  notCoordinator: 16,
  invalidTopic: 17,
  notEnoughReplicasAfterAppend: 20,
  topicAuthorizationFailed: 29,
  groupAuthorizationFailed: 30,
  clusterAuthorizationFailed: 31,
  outOfOrderSequence: 45,
  duplicateSequence: 46,
  invalidProducerEpoch: 47,
  unknownProducerId: 59,
  groupIdNotFound: 69,
  offsetNotAvailable: 78,
  unknownTopicId: 100,
  inconsistentTopicId: 103,
} as const;

type Row = readonly [name: string, kind: FailureKind, meaning: string];

/** Name, kind and meaning of the codes that may reach a user; `tryAgain` is retriable, as Kafka's own clients have it. */
const rows: Readonly<Record<number, Row>> = {
  [-1]: ['UNKNOWN_SERVER_ERROR', 'tryAgain', 'the broker met an error it has no code for'],
  1: ['OFFSET_OUT_OF_RANGE', 'usage', 'the offset is outside what the partition holds'],
  2: ['CORRUPT_MESSAGE', 'data', 'the record batch is damaged'],
  3: ['UNKNOWN_TOPIC_OR_PARTITION', 'notFound', 'this server does not host that topic and partition'],
  5: ['LEADER_NOT_AVAILABLE', 'tryAgain', 'the partition has no leader now'],
  6: ['NOT_LEADER_OR_FOLLOWER', 'tryAgain', 'the partition has moved to another broker'],
  7: ['REQUEST_TIMED_OUT', 'tryAgain', 'the request timed out in the broker'],
  8: ['BROKER_NOT_AVAILABLE', 'tryAgain', 'the broker is not available'],
  9: ['REPLICA_NOT_AVAILABLE', 'tryAgain', 'the replica is not available'],
  10: ['MESSAGE_TOO_LARGE', 'data', 'the record batch is larger than the topic allows'],
  13: ['NETWORK_EXCEPTION', 'tryAgain', 'the broker lost a connection'],
  14: ['COORDINATOR_LOAD_IN_PROGRESS', 'tryAgain', 'the coordinator is loading'],
  15: ['COORDINATOR_NOT_AVAILABLE', 'tryAgain', 'the coordinator is not available'],
  16: ['NOT_COORDINATOR', 'tryAgain', 'the coordinator has moved to another broker'],
  17: ['INVALID_TOPIC_EXCEPTION', 'usage', 'the topic name is not allowed'],
  18: ['RECORD_LIST_TOO_LARGE', 'data', 'the record batch is larger than a segment'],
  19: ['NOT_ENOUGH_REPLICAS', 'tryAgain', 'fewer replicas are in sync than the topic requires'],
  20: ['NOT_ENOUGH_REPLICAS_AFTER_APPEND', 'tryAgain', 'stored, but on fewer replicas than the topic requires'],
  24: ['INVALID_GROUP_ID', 'usage', 'the group id is not allowed'],
  25: ['UNKNOWN_MEMBER_ID', 'tryAgain', 'the group has members, and we are none of them'],
  29: ['TOPIC_AUTHORIZATION_FAILED', 'denied', 'no right on this topic'],
  30: ['GROUP_AUTHORIZATION_FAILED', 'denied', 'no right on this group'],
  31: ['CLUSTER_AUTHORIZATION_FAILED', 'denied', 'no right on the cluster'],
  32: ['INVALID_TIMESTAMP', 'data', 'the timestamp is outside what the topic allows'],
  33: ['UNSUPPORTED_SASL_MECHANISM', 'config', 'the broker does not offer this SASL mechanism'],
  34: ['ILLEGAL_SASL_STATE', 'config', 'the broker did not expect a SASL step now'],
  35: ['UNSUPPORTED_VERSION', 'unsupported', 'the broker does not speak this version of the request'],
  41: ['NOT_CONTROLLER', 'tryAgain', 'the controller has moved'],
  42: ['INVALID_REQUEST', 'bug', 'the broker could not make sense of the request'],
  44: ['POLICY_VIOLATION', 'denied', "the cluster's policy forbids it"],
  45: ['OUT_OF_ORDER_SEQUENCE_NUMBER', 'tryAgain', 'a batch before this one is missing'],
  46: ['DUPLICATE_SEQUENCE_NUMBER', 'data', 'the broker has this batch already'],
  47: ['INVALID_PRODUCER_EPOCH', 'tryAgain', 'a newer producer has taken over'],
  51: ['CONCURRENT_TRANSACTIONS', 'tryAgain', 'another operation of this transaction is under way'],
  53: ['TRANSACTIONAL_ID_AUTHORIZATION_FAILED', 'denied', 'no right on this transactional id'],
  54: ['SECURITY_DISABLED', 'unsupported', 'the cluster has no authorizer'],
  56: ['KAFKA_STORAGE_ERROR', 'tryAgain', "the broker's disk failed"],
  58: ['SASL_AUTHENTICATION_FAILED', 'denied', 'the login was refused'],
  59: ['UNKNOWN_PRODUCER_ID', 'tryAgain', 'the broker has forgotten this producer'],
  69: ['GROUP_ID_NOT_FOUND', 'notFound', 'there is no such group of this kind'],
  72: ['LISTENER_NOT_FOUND', 'tryAgain', 'the leader has no listener for us'],
  73: ['TOPIC_DELETION_DISABLED', 'unsupported', 'deleting topics is switched off'],
  74: ['FENCED_LEADER_EPOCH', 'tryAgain', 'the leader has changed'],
  75: ['UNKNOWN_LEADER_EPOCH', 'tryAgain', 'the leader has changed'],
  76: ['UNSUPPORTED_COMPRESSION_TYPE', 'unsupported', 'the broker does not accept this codec'],
  78: ['OFFSET_NOT_AVAILABLE', 'tryAgain', 'the new leader does not know its end yet'],
  80: ['PREFERRED_LEADER_NOT_AVAILABLE', 'tryAgain', 'the preferred leader is not available'],
  83: ['ELIGIBLE_LEADERS_NOT_AVAILABLE', 'tryAgain', 'no replica may become leader'],
  87: ['INVALID_RECORD', 'data', 'the broker refused the record'],
  88: ['UNSTABLE_OFFSET_COMMIT', 'tryAgain', 'a transaction holds uncommitted offsets'],
  89: ['THROTTLING_QUOTA_EXCEEDED', 'tryAgain', 'over the quota'],
  90: ['PRODUCER_FENCED', 'tryAgain', 'a newer producer has taken over'],
  100: ['UNKNOWN_TOPIC_ID', 'notFound', 'this server does not host that topic'],
  103: ['INCONSISTENT_TOPIC_ID', 'tryAgain', 'the topic was deleted and made again'],
  105: ['TRANSACTIONAL_ID_NOT_FOUND', 'notFound', 'there is no such transactional id'],
};

/** A cause that may be gone a moment later: a moved leader, a loading coordinator, a lost connection. */
export class TransientError extends Error {
  /** The protocol's error code; `null` for a lost connection. */
  readonly code: number | null;

  constructor(message: string, code: number | null) {
    super(message);
    this.name = 'TransientError';
    this.code = code;
  }
}

export function nameOfCode(number: number): string {
  return rows[number]?.[0] ?? `error ${number}`;
}

/** True for what Kafka's own clients retry. */
export function isTransient(number: number): boolean {
  return number === code.unknownTopicOrPartition || rows[number]?.[1] === 'tryAgain';
}

/**
 * The failure for an error code.
 * @param what what could not be done to what, such as `Could not read offsets of "orders" 3`
 * @param said the broker's own text, where the answer had one
 */
export function failureOf(number: number, what: string, said: string | null = null): Failure {
  const [name, kind, meaning] = rows[number] ?? [`error ${number}`, 'tryAgain', 'a code that brokerctl does not know'];
  const broker = `${name} (${number}): ${said !== null && said !== '' ? said : meaning}`;
  const hints =
    kind === 'denied'
      ? ["Ask for the right in the cluster's ACLs: Describe shows figures, Read shows messages and committed offsets."]
      : kind === 'tryAgain'
        ? ['Try again; brokerctl describe TOPIC shows leaders and replicas.']
        : [];
  return new Failure(kind, what, {
    broker,
    hints,
    cause: isTransient(number) ? new TransientError(broker, number) : undefined,
  });
}

/** The failure of an error code in few words, for the `problem` of a line. */
export function problemOf(number: number, said: string | null = null): string {
  const [name, , meaning] = rows[number] ?? [`error ${number}`, '', 'unknown code'];
  return `${name}: ${said !== null && said !== '' ? said : meaning}`;
}
