import type { Instrument } from '../instruments/instrument.ts'
import type { ServiceName, Workflow } from '../workflows/workflow.ts'
import type { StreamEntry, StreamTable } from './stream-table.ts'

/** What a service reads: the raw topics, and which of their streams. */
export interface ServiceStreams {
  readonly topics: readonly string[]
  readonly wants: (stream: string) => boolean
}

const kindsOf: Readonly<Record<ServiceName, readonly StreamEntry['kind'][]>> = {
  monitor_data: ['monitor'],
  detector_data: ['detector', 'area'],
  data_reduction: ['detector', 'monitor'],
  timeseries: ['log', 'device'],
}

/** Topics of the streams that the workflows of a service take: as data, as context, as further input. */
export function serviceStreams(
  service: ServiceName,
  place: {
    readonly instrument: Instrument
    readonly table: StreamTable
    readonly workflows: readonly Workflow[]
  },
): ServiceStreams {
  const wanted = new Set<string>()
  for (const workflow of place.workflows) {
    if (workflow.service !== service) continue
    for (const source of workflow.sources) {
      wanted.add(source)
      for (const stream of workflow.contextStreams(source)) wanted.add(stream)
    }
    for (const choices of Object.values(workflow.auxSources)) for (const stream of choices) wanted.add(stream)
  }
  const kinds = kindsOf[service]
  const topics = new Set<string>()
  for (const { topic, stream, kind } of place.table.entries())
    if (wanted.has(stream) && (kinds.includes(kind) || kind === 'log' || kind === 'device')) topics.add(topic)
  return { topics: [...topics], wants: (stream) => wanted.has(stream) }
}
