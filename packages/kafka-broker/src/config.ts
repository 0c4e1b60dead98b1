import { section } from '@beamtime/service-kit'

/** Section `[broker]` of the configuration file. */
export const brokerConfig = section('broker', {
  listen: {
    type: 'any',
    default: '127.0.0.1:9092',
    doc: 'Address of the Kafka protocol, host:port; one or a list. Port 0 takes a free one. Loopback is plaintext; elsewhere users and tls decide.',
  },
  listeners: {
    type: 'any',
    default: [],
    doc: 'Instead of listen, where listeners differ: tables with name, listen, protocol (plaintext, ssl, sasl_plaintext, sasl_ssl) and advertised.',
  },
  allow_insecure: {
    type: 'boolean',
    default: false,
    doc: 'Permits a listener beyond the loopback interface without login and TLS.',
  },
  tls: {
    type: 'table',
    default: { cert: '', key: '', ca: '', client_auth: 'none' },
    doc: 'PEM files of TLS listeners: cert, key, and ca of the certificates of clients; client_auth none, requested or required.',
  },
  users: {
    type: 'string',
    default: '',
    doc: 'File of logins, one name:password or name:verifier a line, read again when it changes; clients add more with AlterUserScramCredentials.',
  },
  acl: {
    type: 'any',
    default: [],
    doc: 'Allow list: tables with user, topic or group (a * at the end: prefix) or cluster = true, and operations (read, write, create, describe, alter, all). Empty: everyone may do everything. Clients without a login are ANONYMOUS.',
  },
  node_id: { type: 'integer', default: 1, min: 0, max: 2_147_483_647, doc: 'Broker id that clients see.' },
  auto_create_topics: { type: 'boolean', default: true, doc: 'A topic that a client names is created.' },
  default_partitions: {
    type: 'integer',
    default: 1,
    min: 1,
    max: 10_000,
    doc: 'Partitions of a topic created without a number.',
  },
  max_partitions: {
    type: 'integer',
    default: 20_000,
    min: 1,
    doc: 'Of all topics together; topics and partitions beyond it are refused.',
  },
  strict_replication_factor: {
    type: 'boolean',
    default: false,
    doc: 'Refuses a replication factor above 1 instead of storing it as 1.',
  },
  max_message_bytes: {
    type: 'integer',
    default: 134_217_728,
    min: 1_024,
    max: 1_073_741_824,
    unit: 'bytes',
    doc: 'Largest record batch; default of the topic setting max.message.bytes.',
  },
  segment_bytes: {
    type: 'integer',
    default: 268_435_456,
    min: 1_048_576,
    max: 2_147_483_647,
    unit: 'bytes',
    doc: 'A log segment is closed at this size; default of segment.bytes.',
  },
  retention_hours: {
    type: 'number',
    default: 168,
    min: -1,
    unit: 'hours',
    doc: 'Records older than this are deleted; default of retention.ms. -1 = kept for ever.',
  },
  retention_bytes: {
    type: 'integer',
    default: 0,
    min: 0,
    unit: 'bytes',
    doc: 'Size limit of one partition; default of retention.bytes. 0 = none.',
  },
  retention_total_bytes: {
    type: 'integer',
    default: 0,
    min: 0,
    unit: 'bytes',
    doc: 'Size limit of all topics together; the largest lose their oldest segments first. 0 = 80 % of the disk.',
  },
  disk_reserve_bytes: {
    type: 'integer',
    default: 1_073_741_824,
    min: 0,
    unit: 'bytes',
    doc: 'New data is refused while less than this (or less than 2 % of a smaller disk) is free.',
  },
  flush: {
    type: 'string',
    default: 'os',
    pattern: /^(os|always|interval:\d+ms)$/,
    doc: 'When records reach the disk: os (survives a crash of the broker), interval:100ms, always (acknowledged after fdatasync).',
  },
  initial_rebalance_delay_ms: {
    type: 'integer',
    default: 200,
    min: 0,
    max: 60_000,
    unit: 'ms',
    doc: 'An empty group waits this long for more members before its first rebalance.',
  },
  tail_cache_bytes: {
    type: 'integer',
    default: 67_108_864,
    min: 0,
    unit: 'bytes',
    doc: 'The newest batches kept in memory for readers at the end.',
  },
  max_connections: {
    type: 'integer',
    default: 1_000,
    min: 1,
    max: 100_000,
    doc: 'Further connections are closed at once.',
  },
  max_request_bytes: {
    type: 'integer',
    default: 209_715_200,
    min: 65_536,
    max: 2_000_000_000,
    unit: 'bytes',
    doc: 'A request that announces more closes its connection.',
  },
  request_memory_bytes: {
    type: 'integer',
    default: 268_435_456,
    min: 1_048_576,
    unit: 'bytes',
    doc: 'Requests in memory at once; beyond it sockets are not read until some are answered.',
  },
  answer_memory_bytes: {
    type: 'integer',
    default: 268_435_456,
    min: 1_048_576,
    unit: 'bytes',
    doc: 'Records in memory that readers have not taken yet; beyond it readers wait, and the slowest is disconnected after 5 s.',
  },
  idle_close_s: {
    type: 'integer',
    default: 600,
    min: 1,
    unit: 's',
    doc: 'A connection without traffic is closed.',
  },
})

/** Section `[registry]` of the configuration file. */
export const registryConfig = section('registry', {
  listen: {
    type: 'string',
    default: '127.0.0.1:8081',
    doc: 'Address of the schema registry (HTTP), "" = off.',
  },
  anonymous_read: {
    type: 'boolean',
    default: true,
    doc: 'Reading schemas needs no login, where broker.users is set.',
  },
})
