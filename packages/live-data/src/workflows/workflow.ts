import type { LogSeries } from '../core/log-series.ts'
import type { RoiGeometry, StreamMessage } from '../core/stream-message.ts'
import type { DataArray } from '../data/data-array.ts'
import type { ParameterModel, ParameterValues } from './parameters.ts'

/** The service that owns a workflow; the name on the wire. */
export type ServiceName = 'monitor_data' | 'detector_data' | 'data_reduction' | 'timeseries'

export type WorkflowGroup = 'Monitors' | 'Detectors' | 'Reduction' | 'Devices and sensors'

/**
 * `window`: of the last window alone. `cumulative`: since the job began. `series`: samples with their own times.
 * `readback`: what the job was told.
 */
export type OutputKind = 'window' | 'cumulative' | 'series' | 'readback'

export interface OutputSpec {
  readonly name: string
  readonly kind: OutputKind
  /** Label of the signal and title in lists. */
  readonly title: string
  readonly description: string
  /** Number of dimensions, for the choice of a plot. */
  readonly ndim: number
  readonly unit: string
}

/** One kind of job: what a file under workflows/ gives. */
export interface Workflow {
  readonly service: ServiceName
  readonly name: string
  readonly version: number
  readonly title: string
  readonly description: string
  readonly group: WorkflowGroup
  /** Streams that a job may run on. */
  readonly sources: readonly string[]
  readonly parameters: ParameterModel
  /** Further streams by the name of the input. */
  readonly auxSources: Readonly<Record<string, readonly string[]>>
  /** Log streams that must have a value before data of this source count. */
  readonly contextStreams: (source: string) => readonly string[]
  readonly outputs: (source: string) => readonly OutputSpec[]
  readonly supportsReset: boolean
  /** Started by itself with --auto-start. */
  readonly isDefault: boolean
  /** May throw a LiveDataError, whose text goes into the acknowledgement. */
  readonly create: (setup: JobSetup) => Reduction
}

export interface JobSetup {
  readonly source: string
  readonly parameters: ParameterValues
  readonly auxSources: Readonly<Record<string, string>>
  /** What the service has of a log stream so far. */
  readonly history: (stream: string) => LogSeries | undefined
  /** Bytes that the job's arrays may take. */
  readonly maxBytes: number
}

export interface Output {
  readonly name: string
  readonly array: DataArray
}

/** One running reduction. Sees each message once, in the order in which the windows take them. */
export interface Reduction {
  /** Of its arrays; absent = not worth counting. */
  readonly sizeBytes?: number
  /** There is something to publish before any data came. */
  readonly hasHistory?: boolean
  /** True when it was data that results follow from. Throws what goes into the job's warning. */
  accept(message: StreamMessage): boolean
  /** A new value of a context stream. */
  setContext?(stream: string, value: number): void
  setRegions?(geometry: RoiGeometry): void
  /** The outputs of the window that ends; the window's own counts begin anew. */
  finalize(): readonly Output[]
  clear(): void
}
