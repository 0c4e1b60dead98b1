import type { KafkaOptionTable } from './kafka-options.ts'

export type ProducerOption =
  | 'bootstrap-server'
  | 'topic'
  | 'sync'
  | 'compression-codec'
  | 'timeout'
  | 'line-reader'
  | 'property'
  | 'reader-property'
  | 'reader-config'
  | 'producer-property'
  | 'command-property'
  | 'producer.config'
  | 'command-config'
  | 'request-required-acks'
  | 'request-timeout-ms'
  | 'batch-size'
  | 'message-send-max-retries'
  | 'retry-backoff-ms'
  | 'metadata-expiry-ms'
  | 'max-block-ms'
  | 'max-memory-bytes'
  | 'max-partition-memory-bytes'
  | 'socket-buffer-size'

const connection =
  'Properties of the connection and the producer: security.protocol, sasl.mechanism, sasl.jaas.config, ssl.truststore.*, compression.type, linger.ms.'
const always =
  'Accepted; the producer waits for all acknowledgements, retries safely and sizes its requests itself.'
const accepted = { takes: 'value', word: 'number', help: always } as const

export const producerTable: KafkaOptionTable<ProducerOption> = {
  program: 'kafka-console-producer.sh',
  description: 'Reads lines from standard input and writes each as a record to a topic.',
  options: {
    'bootstrap-server': {
      takes: 'value',
      aliases: ['broker-list'],
      word: 'server to connect to',
      help: 'REQUIRED: the Kafka servers, host:port[,host:port].',
    },
    topic: { takes: 'value', word: 'topic', help: 'REQUIRED: the topic to write to.' },
    sync: {
      takes: 'flag',
      help: 'Wait for the acknowledgement of each record before the next line is read.',
    },
    'compression-codec': {
      takes: 'optional',
      word: 'codec',
      help: 'none, gzip, snappy, lz4 or zstd; gzip when no word follows.',
    },
    timeout: {
      takes: 'value',
      word: 'timeout_ms',
      help: 'How long a record may wait for others to share its request.',
    },
    'line-reader': { takes: 'value', word: 'class', help: 'LineMessageReader.' },
    property: {
      takes: 'list',
      word: 'prop',
      help: 'How a line is read: parse.key, parse.headers, ignore.error (true or false), key.separator, headers.delimiter, headers.separator, headers.key.separator, null.marker; as name=value, may be repeated.',
    },
    'reader-property': { takes: 'list', word: 'prop', help: 'The newer name of --property.' },
    'reader-config': { takes: 'value', word: 'config file', help: 'File with such properties.' },
    'producer-property': { takes: 'list', word: 'producer_prop', help: `${connection} As name=value.` },
    'command-property': {
      takes: 'list',
      word: 'producer_prop',
      help: 'The newer name of --producer-property.',
    },
    'producer.config': { takes: 'value', word: 'config file', help: connection },
    'command-config': { takes: 'value', word: 'config file', help: 'The newer name of --producer.config.' },
    'request-required-acks': accepted,
    'request-timeout-ms': accepted,
    'batch-size': accepted,
    'message-send-max-retries': accepted,
    'retry-backoff-ms': accepted,
    'metadata-expiry-ms': accepted,
    'max-block-ms': accepted,
    'max-memory-bytes': accepted,
    'max-partition-memory-bytes': accepted,
    'socket-buffer-size': accepted,
  },
}
