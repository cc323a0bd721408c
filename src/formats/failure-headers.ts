/** The headers in which one framework tells of a failure, lower case. The first name of a list that is there is read. */
export interface FailureHeaders {
  readonly framework: string;
  /** One of these says that the framework wrote the message. */
  readonly marks: readonly string[];
  readonly reason?: readonly string[];
  readonly exception?: readonly string[];
  readonly destination?: readonly string[];
  readonly partition?: readonly string[];
  readonly position?: readonly string[];
  readonly subscription?: readonly string[];
  readonly attempts?: readonly string[];
  readonly failedAt?: readonly string[];
}

/** Specific ones first: names that several frameworks use stand at the end. */
export const frameworks: readonly FailureHeaders[] = [
  {
    framework: 'Kafka Connect',
    marks: ['__connect.errors.topic', '__connect.errors.exception.class.name'],
    reason: ['__connect.errors.exception.message'],
    exception: ['__connect.errors.exception.class.name'],
    destination: ['__connect.errors.topic'],
    partition: ['__connect.errors.partition'],
    position: ['__connect.errors.offset'],
  },
  {
    framework: 'Spring Kafka',
    marks: ['kafka_dlt-original-topic', 'kafka_dlt-exception-fqcn', 'kafka_original-topic'],
    reason: ['kafka_dlt-exception-message', 'kafka_exception-message'],
    exception: [
      'kafka_dlt-exception-cause-fqcn',
      'kafka_dlt-exception-fqcn',
      'kafka_exception-cause-fqcn',
      'kafka_exception-fqcn',
    ],
    destination: ['kafka_dlt-original-topic', 'kafka_original-topic'],
    partition: ['kafka_dlt-original-partition', 'kafka_original-partition'],
    position: ['kafka_dlt-original-offset', 'kafka_original-offset'],
    subscription: ['kafka_dlt-original-consumer-group'],
    attempts: ['retry_topic-attempts', 'kafka_deliveryattempt'],
  },
  {
    framework: 'Kafka Streams',
    marks: ['__streams.errors.topic', '__streams.errors.exception'],
    reason: ['__streams.errors.message'],
    exception: ['__streams.errors.exception'],
    destination: ['__streams.errors.topic'],
    partition: ['__streams.errors.partition'],
    position: ['__streams.errors.offset'],
  },
  {
    framework: 'Kafka share group',
    marks: ['__dlq.errors.topic'],
    reason: ['__dlq.errors.message'],
    destination: ['__dlq.errors.topic'],
    partition: ['__dlq.errors.partition'],
    position: ['__dlq.errors.offset'],
    subscription: ['__dlq.errors.group'],
    attempts: ['__dlq.errors.delivery.count'],
  },
  {
    framework: 'SmallRye',
    marks: ['dead-letter-reason', 'dead-letter-topic', 'dead-letter-exception-class-name'],
    reason: ['dead-letter-reason', 'dead-letter-cause'],
    exception: ['dead-letter-exception-class-name'],
    destination: ['dead-letter-topic'],
    partition: ['dead-letter-partition'],
    position: ['dead-letter-offset'],
    attempts: ['delayed-retry-count'],
  },
  {
    framework: 'MassTransit',
    marks: ['mt-fault-exceptiontype', 'mt-fault-message'],
    reason: ['mt-fault-message', 'mt-reason'],
    exception: ['mt-fault-exceptiontype'],
    destination: ['mt-fault-inputaddress'],
    attempts: ['mt-fault-retrycount'],
    failedAt: ['mt-fault-timestamp'],
  },
  {
    framework: 'NServiceBus',
    marks: ['nservicebus.failedq'],
    reason: ['nservicebus.exceptioninfo.message'],
    exception: ['nservicebus.exceptioninfo.exceptiontype'],
    destination: ['nservicebus.failedq'],
    attempts: ['nservicebus.retries'],
  },
  {
    framework: 'Rebus',
    marks: ['rbs2-error-details'],
    reason: ['rbs2-error-details'],
    destination: ['rbs2-source-queue'],
    attempts: ['rbs2-delivery-count'],
  },
  {
    framework: 'Silverback',
    marks: ['x-failure-reason'],
    reason: ['x-failure-reason'],
    destination: ['x-source-topic'],
    partition: ['x-source-partition'],
    position: ['x-source-offset'],
    subscription: ['x-source-consumer-group-id'],
    attempts: ['x-failed-attempts'],
  },
  {
    framework: 'Watermill',
    marks: ['reason_poisoned'],
    reason: ['reason_poisoned'],
    destination: ['topic_poisoned'],
    subscription: ['subscriber_poisoned'],
    attempts: ['_watermill_requeuer_retries'],
  },
  {
    framework: 'Karafka',
    marks: ['source_topic', 'original_topic'],
    destination: ['source_topic', 'original_topic'],
    partition: ['source_partition', 'original_partition'],
    position: ['source_offset', 'original_offset'],
    subscription: ['source_consumer_group', 'original_consumer_group'],
    attempts: ['source_attempts', 'original_attempts'],
  },
  {
    framework: 'Pulsar client',
    marks: ['real_topic', 'origin_message_id'],
    destination: ['real_topic'],
    subscription: ['real_subscription'],
    attempts: ['reconsumetimes'],
  },
  {
    framework: 'Wolverine',
    marks: ['exception-type'],
    reason: ['exception-message'],
    exception: ['exception-type'],
    destination: ['original-destination'],
    partition: ['original-partition'],
    position: ['original-offset'],
    failedAt: ['failed-at'],
  },
  {
    framework: 'Spring',
    marks: ['x-exception-message', 'x-exception-fqcn', 'x-exception-stacktrace'],
    reason: ['x-exception-message'],
    exception: ['x-exception-fqcn'],
    destination: ['x-original-topic', 'x-original-exchange'],
    partition: ['x-original-partition'],
    position: ['x-original-offset'],
    attempts: ['x-retries'],
  },
  {
    framework: 'brokerctl file broker',
    marks: ['brokerctl-dead-letter-source'],
    reason: ['brokerctl-dead-letter-reason'],
    destination: ['brokerctl-dead-letter-source'],
    position: ['brokerctl-dead-letter-position'],
    attempts: ['brokerctl-dead-letter-deliveries'],
    failedAt: ['brokerctl-dead-letter-time'],
  },
];
