import { section } from '@beamtime/service-kit'

/** Section `[bus]` of the configuration file. The cli resolves an empty `bootstrap_servers` to the embedded broker. */
export const busConfig = section('bus', {
  bootstrap_servers: {
    type: 'string[]',
    default: [],
    doc: 'Kafka brokers as host:port. Empty: the embedded broker; otherwise no broker is started.',
  },
  security: {
    type: 'enum',
    values: ['plaintext', 'ssl', 'sasl_plaintext', 'sasl_ssl'],
    default: 'plaintext',
    doc: 'How connections to the brokers are protected.',
  },
  sasl: {
    type: 'table',
    default: { mechanism: 'SCRAM-SHA-512', username: '', password: '' },
    doc: 'Login for the sasl_ forms of security: mechanism (PLAIN, SCRAM-SHA-256, SCRAM-SHA-512), username, password ("file:/path" or "env:NAME").',
  },
  tls: {
    type: 'table',
    default: { ca: '', cert: '', key: '' },
    doc: 'PEM files for the ssl forms of security: ca, and cert with key where the brokers ask for one.',
  },
  client: {
    type: 'table',
    default: {},
    doc: 'Further properties of the client library: connectTimeout, requestTimeout, timeout, maxInflights, metadataMaxAge, clientRack, tlsServerName.',
  },
  on_unavailable: {
    type: 'enum',
    values: ['spool', 'block', 'fail'],
    default: 'spool',
    doc: 'What a writer of documents does while the bus is away: spool = disk queue under state/spool/, replayed in order.',
  },
  spool_max_bytes: {
    type: 'integer',
    default: 10_737_418_240,
    min: 1_048_576,
    unit: 'bytes',
    doc: 'Bound of the disk queue.',
  },
})
