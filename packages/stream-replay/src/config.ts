import { section } from '@beamtime/service-kit'

/** Section `[replay]` of the configuration file. */
export const replayConfig = section('replay', {
  recordings: {
    type: 'string',
    default: '%D/recordings',
    doc: 'Folder of the recordings.',
  },
  deny_topics: {
    type: 'string[]',
    default: [],
    doc: 'Regular expressions: no play writes to a topic whose name matches one, for example "^alerts-production$".',
  },
  registry: {
    type: 'string',
    default: '',
    doc: 'Schema registry whose schemas are embedded in recordings, for example "http://127.0.0.1:8081". Empty: none.',
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
