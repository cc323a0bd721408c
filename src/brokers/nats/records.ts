/*
 * JetStream's own JSON, as far as it is used here. Fields that a server does not have yet are absent; a time that was
 * never set is year 1.
 */

export interface StreamConfig {
  readonly name: string;
  readonly subjects?: readonly string[];
  readonly retention?: 'limits' | 'interest' | 'workqueue';
  readonly discard?: 'old' | 'new';
  readonly storage?: string;
  readonly num_replicas?: number;
  readonly max_msgs?: number;
  readonly max_bytes?: number;
  /** Nanoseconds; 0 is no limit. */
  readonly max_age?: number;
  readonly max_msgs_per_subject?: number;
  readonly allow_direct?: boolean;
  readonly sealed?: boolean;
  readonly mirror?: {readonly name: string};
}

export interface StreamState {
  readonly messages: number;
  readonly bytes: number;
  readonly first_seq: number;
  readonly first_ts: string;
  readonly last_seq: number;
  readonly last_ts: string;
  readonly num_subjects?: number;
  readonly num_deleted?: number;
  readonly consumer_count?: number;
  readonly lost?: {readonly msgs?: readonly number[] | null; readonly bytes?: number};
}

export interface ClusterRecord {
  readonly name?: string;
  readonly leader?: string;
  readonly replicas?: readonly {
    readonly name: string;
    readonly current?: boolean;
    readonly offline?: boolean;
    readonly lag?: number;
  }[];
}

export interface StreamRecord {
  readonly config: StreamConfig;
  readonly created?: string;
  readonly state: StreamState;
  readonly cluster?: ClusterRecord;
  readonly mirror?: {readonly name: string; readonly lag?: number};
  readonly sources?: readonly {readonly name: string; readonly lag?: number}[];
}

export interface ConsumerConfig {
  readonly durable_name?: string;
  readonly deliver_subject?: string;
  readonly deliver_group?: string;
  readonly deliver_policy?: string;
  readonly ack_policy?: string;
  readonly ack_wait?: number;
  readonly max_deliver?: number;
  readonly max_ack_pending?: number;
  readonly filter_subject?: string;
  readonly filter_subjects?: readonly string[];
}

export interface ConsumerRecord {
  readonly stream_name: string;
  readonly name: string;
  readonly config: ConsumerConfig;
  readonly delivered: {readonly consumer_seq: number; readonly stream_seq: number; readonly last_active?: string};
  readonly ack_floor: {readonly consumer_seq: number; readonly stream_seq: number; readonly last_active?: string};
  readonly num_ack_pending: number;
  readonly num_redelivered: number;
  readonly num_waiting: number;
  readonly num_pending: number;
  readonly push_bound?: boolean;
  readonly paused?: boolean;
  /** Nanoseconds. */
  readonly pause_remaining?: number;
  readonly priority_groups?: readonly {readonly group: string; readonly pinned_client_id?: string}[];
  readonly cluster?: ClusterRecord;
}

/** A time that was set; `null` for the year 1 of one that never was. */
export function timeOf(text: string | undefined): Date | null {
  return text === undefined || text.startsWith('0001-') ? null : new Date(text);
}

/** The subjects a consumer takes; all of them when it has no filter. */
export function filtersOf({filter_subject: one, filter_subjects: many}: ConsumerConfig): readonly string[] {
  if (many && many.length > 0) return many;
  return one === undefined || one === '' ? ['>'] : [one];
}
