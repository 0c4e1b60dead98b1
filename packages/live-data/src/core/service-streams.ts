import type { Instrument } from '../instruments/instrument.ts'
import type { ServiceName, Workflow } from '../workflows/workflow.ts'
import { streamOwners, wholeService, type Shard } from './stream-owner.ts'
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
    /** This process of several; topics of which it has no stream are not read. */
    readonly shard?: Shard
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
  const { index, count } = place.shard ?? wholeService
  const ownerOf = streamOwners(place.instrument, count)
  const topics = new Set<string>()
  for (const { topic, stream, kind } of place.table.entries()) {
    // Values of motors are context for streams of any process.
    const isContext = kind === 'log' || kind === 'device'
    if (wanted.has(stream) && (isContext || (kinds.includes(kind) && ownerOf(stream) === index)))
      topics.add(topic)
  }
  return { topics: [...topics], wants: (stream) => wanted.has(stream) }
}
