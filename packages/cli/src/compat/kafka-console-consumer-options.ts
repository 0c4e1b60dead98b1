import type { KafkaOptionTable } from './kafka-options.ts'

export type ConsumerOption =
  | 'bootstrap-server'
  | 'topic'
  | 'include'
  | 'partition'
  | 'offset'
  | 'from-beginning'
  | 'max-messages'
  | 'timeout-ms'
  | 'group'
  | 'formatter'
  | 'property'
  | 'formatter-property'
  | 'formatter-config'
  | 'consumer-property'
  | 'command-property'
  | 'consumer.config'
  | 'command-config'
  | 'skip-message-on-error'
  | 'isolation-level'
  | 'key-deserializer'
  | 'value-deserializer'
  | 'enable-systest-events'
  | 'new-consumer'

const connection =
  'Properties of the connection and the consumer: security.protocol, sasl.mechanism, sasl.jaas.config, ssl.truststore.*, group.id, auto.offset.reset.'
const printing =
  'print.timestamp, print.partition, print.offset, print.headers, print.key, print.value (true or false), key.separator, line.separator, headers.separator, null.literal, key.deserializer, value.deserializer, headers.deserializer; as name=value, may be repeated.'

export const consumerTable: KafkaOptionTable<ConsumerOption> = {
  program: 'kafka-console-consumer.sh',
  description: 'Reads records of topics and writes them to standard output.',
  options: {
    'bootstrap-server': {
      takes: 'value',
      aliases: ['broker-list'],
      word: 'server to connect to',
      help: 'REQUIRED: the Kafka servers, host:port[,host:port].',
    },
    topic: { takes: 'value', word: 'topic', help: 'The topic to read.' },
    include: {
      takes: 'value',
      aliases: ['whitelist'],
      word: 'Java regex',
      help: 'Regular expression of the topics to read, of those that are there at the start.',
    },
    partition: {
      takes: 'value',
      word: 'partition',
      help: 'The only partition to read; from the end unless --offset is given.',
    },
    offset: {
      takes: 'value',
      word: 'offset',
      help: 'Where to begin in --partition: a number, earliest or latest.',
    },
    'from-beginning': {
      takes: 'flag',
      help: 'Begin with the oldest record (in a group: where it has committed nothing) rather than with the next.',
    },
    'max-messages': { takes: 'value', word: 'num_messages', help: 'Stop after so many records.' },
    'timeout-ms': { takes: 'value', word: 'timeout_ms', help: 'Stop when no record came for this time.' },
    group: {
      takes: 'value',
      word: 'consumer group id',
      help: 'Read as a member of this group. Without it none is joined and nothing is committed.',
    },
    formatter: {
      takes: 'value',
      word: 'class',
      help: 'DefaultMessageFormatter, LoggingMessageFormatter or NoOpMessageFormatter.',
    },
    property: { takes: 'list', word: 'prop', help: `What is printed: ${printing}` },
    'formatter-property': { takes: 'list', word: 'prop', help: 'The newer name of --property.' },
    'formatter-config': { takes: 'value', word: 'config file', help: 'File with such properties.' },
    'consumer-property': { takes: 'list', word: 'consumer_prop', help: `${connection} As name=value.` },
    'command-property': {
      takes: 'list',
      word: 'consumer_prop',
      help: 'The newer name of --consumer-property.',
    },
    'consumer.config': { takes: 'value', word: 'config file', help: connection },
    'command-config': { takes: 'value', word: 'config file', help: 'The newer name of --consumer.config.' },
    'skip-message-on-error': { takes: 'flag', help: 'Go on when a record cannot be printed.' },
    'isolation-level': { takes: 'value', help: 'read_uncommitted.' },
    'key-deserializer': { takes: 'value', word: 'class', help: 'As the property key.deserializer.' },
    'value-deserializer': { takes: 'value', word: 'class', help: 'As the property value.deserializer.' },
    'enable-systest-events': { takes: 'flag', help: 'Accepted, without effect.' },
    'new-consumer': { takes: 'flag', help: 'Accepted, without effect.' },
  },
}
