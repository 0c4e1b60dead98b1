import type { Bus } from '@beamtime/bus'
import type { KafkaOptionTable, KafkaOptionValues } from './kafka-options.ts'
import type { ToolStreams } from './kafka-tool.ts'

export type TopicsOption =
  | 'bootstrap-server'
  | 'command-config'
  | 'list'
  | 'create'
  | 'delete'
  | 'alter'
  | 'describe'
  | 'topic'
  | 'topic-id'
  | 'partitions'
  | 'replication-factor'
  | 'replica-assignment'
  | 'config'
  | 'delete-config'
  | 'if-exists'
  | 'if-not-exists'
  | 'exclude-internal'
  | 'topics-with-overrides'
  | 'under-replicated-partitions'
  | 'unavailable-partitions'
  | 'under-min-isr-partitions'
  | 'at-min-isr-partitions'
  | 'partition-size-limit-per-response'
  | 'zookeeper'

export const topicsTable: KafkaOptionTable<TopicsOption> = {
  program: 'kafka-topics.sh',
  description: 'Creates, deletes, describes and changes topics.',
  options: {
    'bootstrap-server': {
      takes: 'value',
      aliases: ['broker-list'],
      word: 'server to connect to',
      help: 'REQUIRED: the Kafka servers, host:port[,host:port].',
    },
    'command-config': {
      takes: 'value',
      word: 'property file',
      help: 'Properties of the connection: security.protocol, sasl.mechanism, sasl.jaas.config, ssl.truststore.*',
    },
    list: { takes: 'flag', help: 'List all topics.' },
    create: { takes: 'flag', help: 'Create a topic.' },
    delete: { takes: 'flag', help: 'Delete topics.' },
    alter: { takes: 'flag', help: 'Raise the number of partitions.' },
    describe: { takes: 'flag', help: 'List details of topics.' },
    topic: {
      takes: 'value',
      word: 'topic',
      help: 'The topic; a regular expression except with --create.',
    },
    'topic-id': { takes: 'value', word: 'topic id', help: 'The id of the topic to describe.' },
    partitions: {
      takes: 'value',
      word: '# of partitions',
      help: 'Number of partitions; without it that of the server.',
    },
    'replication-factor': {
      takes: 'value',
      word: 'replication factor',
      help: 'Copies of each partition; without it that of the server.',
    },
    'replica-assignment': { takes: 'value', help: 'Not supported: the server chooses.' },
    config: {
      takes: 'list',
      word: 'name=value',
      help: 'A setting of the topic that is created; may be repeated.',
    },
    'delete-config': { takes: 'list', help: 'Not supported, as in Kafka since 4.0.' },
    'if-exists': { takes: 'flag', help: 'Do nothing when the topic does not exist.' },
    'if-not-exists': { takes: 'flag', help: 'Do nothing when the topic exists.' },
    'exclude-internal': { takes: 'flag', help: 'Leave out internal topics.' },
    'topics-with-overrides': { takes: 'flag', help: 'Describe only topics with settings of their own.' },
    'under-replicated-partitions': { takes: 'flag', help: 'Describe only partitions with replicas behind.' },
    'unavailable-partitions': { takes: 'flag', help: 'Describe only partitions without a leader.' },
    'under-min-isr-partitions': {
      takes: 'flag',
      help: 'Describe only partitions with fewer replicas in sync than min.insync.replicas.',
    },
    'at-min-isr-partitions': {
      takes: 'flag',
      help: 'Describe only partitions with just as many replicas in sync as min.insync.replicas.',
    },
    'partition-size-limit-per-response': { takes: 'value', help: 'Accepted, without effect.' },
    zookeeper: { takes: 'value', help: 'Not supported, as in Kafka since 3.0: use --bootstrap-server.' },
  },
}

export interface TopicsCall {
  readonly bus: Bus
  readonly values: KafkaOptionValues<TopicsOption>
  readonly streams: ToolStreams
}
