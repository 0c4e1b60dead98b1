import { section } from '@beamtime/service-kit'

/** Section `[replay]` of the configuration file. */
export const replayConfig = section('replay', {
  directory: {
    type: 'string',
    default: '%D/recordings',
    doc: 'Folder of the recordings.',
  },
  default_rate: {
    type: 'number',
    default: 1,
    min: 0.01,
    max: 10_000,
    doc: 'Times the original pace of a play that names no pace.',
  },
  loop: {
    type: 'boolean',
    default: false,
    doc: 'A play that does not say how often is repeated for ever.',
  },
  deny_topics: {
    type: 'string[]',
    default: [],
    doc: 'Regular expressions: no play writes to a topic whose name matches one, for example "^alerts-production$".',
  },
  ring: {
    type: 'any',
    default: [],
    doc: 'Flight recorders of the service: { topics = ["..."], keep_s = 600, keep_bytes = 0 }, names or regular expressions.',
  },
  registry: {
    type: 'string',
    default: '',
    doc: 'Address of the schema registry, e.g. "http://127.0.0.1:8081": schemas that recorded messages name are kept in the recording. Empty: none.',
  },
  max_plays: {
    type: 'integer',
    default: 8,
    min: 1,
    max: 1_000,
    doc: 'Plays and recordings that may be on their way at the same time.',
  },
  keep_finished: {
    type: 'integer',
    default: 100,
    min: 1,
    max: 10_000,
    doc: 'Finished plays and recordings that are still listed.',
  },
})
