import { section } from '@beamtime/service-kit'

/** Section `[store]` of the configuration file. */
export const storeConfig = section('store', {
  mode: {
    type: 'enum',
    values: ['embedded', 'mongo'],
    default: 'embedded',
    doc: 'embedded = one SQLite file a catalog under runs/; mongo = an existing MongoDB (comes with a later release).',
  },
  uri: {
    type: 'string',
    default: 'mongodb://localhost:27017',
    doc: 'MongoDB server for mode = "mongo"; BLUESKY_MONGO_URI wins. Comes with a later release.',
  },
  database_prefix: {
    type: 'string',
    default: '',
    doc: 'Put before each database name in mode = "mongo". Comes with a later release.',
  },
  layout: {
    type: 'enum',
    values: ['normalized', 'embedded'],
    default: 'normalized',
    doc: 'Collections of mode = "mongo". Comes with a later release.',
  },
  topic_map: {
    type: 'table',
    default: {},
    doc: 'Topic to catalog, e.g. { "25idc.bluesky.documents" = "25idc-bluesky" }. A queue\'s topic that is not named here goes to the catalog of the queue.',
  },
  group_id: { type: 'string', default: 'store', doc: 'Consumer group on the bus.' },
  offset_reset: {
    type: 'enum',
    values: ['earliest', 'latest'],
    default: 'earliest',
    doc: 'Where a new consumer group starts. earliest never loses runs: writing is idempotent by uid.',
  },
  sync: {
    type: 'enum',
    values: ['event', 'run'],
    default: 'run',
    doc: 'When a write is forced to disk: event = at every commit, run = when a run stops. After a power cut the rest is read again from the bus.',
  },
  dead_letter_suffix: {
    type: 'string',
    default: '.dead-letter',
    pattern: /^[A-Za-z0-9._-]+$/,
    doc: 'A poison document of a topic goes to the topic with this suffix.',
  },
})
