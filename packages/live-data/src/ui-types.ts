/* What the pages get: workflows, jobs, outputs as arrays, backend workers. Types only. */

export type LiveGroup = 'Monitors' | 'Detectors' | 'Reduction' | 'Devices and sensors'
export type LiveService = 'monitor_data' | 'detector_data' | 'data_reduction' | 'timeseries'

/** One field of a parameter form. */
export type LiveParameterField =
  | {
      readonly type: 'number' | 'integer'
      readonly title: string
      readonly default: number
      readonly min?: number
      readonly max?: number
    }
  | { readonly type: 'boolean'; readonly title: string; readonly default: boolean }
  | {
      readonly type: 'enum'
      readonly title: string
      readonly default: string
      readonly values: readonly string[]
    }

/** One tab of a parameter form. Values are sent as `{ group: { field: value } }`. */
export interface LiveParameterGroup {
  readonly name: string
  readonly title: string
  readonly description: string
  readonly fields: Readonly<Record<string, LiveParameterField>>
}

export interface LiveOutputInfo {
  readonly name: string
  readonly title: string
  readonly description: string
  readonly kind: 'window' | 'cumulative' | 'series' | 'readback'
  readonly ndim: number
  readonly unit: string
}

export interface LiveWorkflow {
  /** `instrument/name/version` */
  readonly id: string
  readonly name: string
  readonly service: LiveService
  readonly group: LiveGroup
  readonly title: string
  readonly description: string
  readonly sources: readonly string[]
  readonly auxSources: Readonly<Record<string, readonly string[]>>
  readonly parameters: readonly LiveParameterGroup[]
  /** Of the first source; sources of one workflow have the same outputs. */
  readonly outputs: readonly LiveOutputInfo[]
  readonly supportsReset: boolean
  readonly hasRegions: boolean
  /** Outputs that instrument control reads as devices, by contract. */
  readonly nicosDevices: readonly LiveNicosDevice[]
}

export interface LiveNicosDevice {
  readonly name: string
  readonly source: string
  readonly output: string
}

export type LiveJobState =
  | 'scheduled'
  | 'pending_context'
  | 'active'
  | 'finishing'
  | 'warning'
  | 'error'
  | 'stopped'

export interface LiveJob {
  /** `source/job_number`, unique. */
  readonly id: string
  readonly workflow: string
  readonly source: string
  readonly jobNumber: string
  readonly state: LiveJobState
  readonly warning: string | null
  readonly error: string | null
  /** ns since 1970 as text: they do not fit a double. */
  readonly startTime: string | null
  readonly endTime: string | null
  /** When the last status came, ms since 1970. Stale after 60 s. */
  readonly seenAt: number
  readonly isStale: boolean
}

export interface LiveWorker {
  readonly workerId: string
  readonly service: string
  readonly state: 'starting' | 'running' | 'stopped' | 'error'
  readonly version: string
  readonly host: string
  readonly pid: number
  /** ns since 1970 as text. */
  readonly startedAt: string
  readonly activeJobs: number
  readonly error: string | null
  readonly windowS: number
  /** Of the last 30 s; null before. */
  readonly streams: readonly LiveStreamCount[] | null
  readonly statsWindowS: number | null
  readonly seenAt: number
  /** No status for 30 s. */
  readonly isStale: boolean
}

export interface LiveStreamCount {
  readonly topic: string
  readonly source: string
  /** null = known to no workflow. */
  readonly stream: string | null
  readonly count: number
}

export type LiveNumbers =
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array

export interface LiveVariable {
  readonly dims: readonly string[]
  readonly shape: readonly number[]
  /** null = an index. */
  readonly unit: string | null
  /** Times (`datetime64[ns]`, `ns`) are ms since 1970 as float64; other 64-bit integers are float64. */
  readonly values: LiveNumbers
}

/** One output of one job, as it arrived. */
export interface LiveOutput {
  /** `workflow id/source/output`; what subscriptions name. */
  readonly key: string
  readonly workflow: string
  readonly source: string
  readonly jobNumber: string
  readonly output: string
  readonly label: string
  readonly signal: LiveVariable
  readonly errors: LiveVariable | null
  /** Bin edges are one longer than their axis. */
  readonly coords: Readonly<Record<string, LiveVariable>>
  /** ms since 1970; bounds of the window, or of the job so far. null for series. */
  readonly startTimeMs: number | null
  readonly timeMs: number | null
  /** When it came here, ms since 1970. */
  readonly receivedAt: number
  /** Grows by one per result of this output; a gap is an update that was not sent on. */
  readonly sequence: number
}

export interface LiveAnswer {
  readonly messageId: string
  readonly device: string
  readonly ok: boolean
  readonly message: string | null
}

/** What became of a command: complete when as many answered as were asked, or after 30 s. */
export interface LiveCommandResult {
  readonly messageId: string
  /** Of the jobs that were started; null for other commands. */
  readonly jobNumber: string | null
  readonly expected: number
  readonly answers: readonly LiveAnswer[]
  /** Nobody answered in time: the service does not run, or does not know the workflow. */
  readonly isTimedOut: boolean
}

/** Parameters as forms hold them: group, then field. */
export type LiveParameters = Readonly<Record<string, Readonly<Record<string, unknown>>>>

/** What a page asks for. */
export type LiveCommand =
  /** Commits: earlier jobs of the workflow are stopped, then these start as one generation. */
  | { readonly kind: 'start'; readonly workflow: string; readonly sources: readonly LiveStart[] }
  /** Without sources: all of the workflow. */
  | { readonly kind: 'stop' | 'reset'; readonly workflow: string; readonly sources?: readonly string[] }
  /** Forgets workers that stopped or fell silent. */
  | { readonly kind: 'clear-workers' }
  | {
      readonly kind: 'regions'
      readonly source: string
      readonly jobNumber: string
      readonly regions: LiveRegions
    }

export interface LiveStart {
  readonly source: string
  readonly parameters: LiveParameters
  readonly auxSources?: Readonly<Record<string, string>>
}

/** Corners of one region: rectangles have two points (min, max), polygons three and more. */
export interface LiveRegion {
  /** Rectangles 0..3, polygons 4..7. */
  readonly index: number
  readonly x: readonly number[]
  readonly y: readonly number[]
}

/** The whole set of one kind; empty clears it. Units are those of the readback output. */
export interface LiveRegions {
  readonly kind: 'rectangles' | 'polygons'
  readonly unitX: string | null
  readonly unitY: string | null
  readonly items: readonly LiveRegion[]
}

/** The jobs of a workflow that count now; data of other jobs are not shown. */
export interface LiveGeneration {
  readonly workflow: string
  readonly jobNumber: string
  /** What each source was started with; null = not known (started before this view, by somebody else). */
  readonly settings: Readonly<Record<string, LiveStart | null>>
  /** Started from here less than 30 s ago and not seen running yet. */
  readonly isPending: boolean
}

export interface LiveNotice {
  readonly id: number
  readonly time: number
  readonly level: 'success' | 'warning' | 'error'
  readonly text: string
}

/** Everything but the data, for lists and badges. */
export interface LiveState {
  readonly instrument: string
  readonly title: string
  readonly workflows: readonly LiveWorkflow[]
  /** One per workflow that has or had jobs. */
  readonly generations: readonly LiveGeneration[]
  readonly jobs: readonly LiveJob[]
  readonly workers: readonly LiveWorker[]
  /** The last 100, newest last. */
  readonly notices: readonly LiveNotice[]
  /** Results of jobs that do not count any more. */
  readonly droppedResults: number
  /** Grows by one with each change. */
  readonly revision: number
}

/** Numbers of an output over time, for time series and for pages that come late. */
export interface LiveHistory {
  readonly key: string
  /** ms since 1970. */
  readonly times: Float64Array
  readonly values: Float64Array
}

/* Layouts, spelled as in the files that upstream's dashboard reads and writes. */

export interface LiveGrid {
  readonly title: string
  readonly description?: string
  /** 2..6 each. */
  readonly nrows: number
  readonly ncols: number
  readonly enabled: boolean
  readonly cells: readonly LiveCell[]
}

export interface LiveCell {
  readonly geometry: {
    readonly row: number
    readonly col: number
    readonly row_span: number
    readonly col_span: number
  }
  readonly user_title?: string
  readonly layers: readonly LiveLayer[]
}

export interface LiveLayer {
  /** By role: primary, x_axis, y_axis. Empty for overlays without data. */
  readonly data_sources: Readonly<Record<string, LiveDataSource>>
  readonly plot_name: string
  readonly params: Readonly<Record<string, unknown>>
}

export interface LiveDataSource {
  readonly workflow_id: string
  readonly source_names: readonly string[]
  /** `image`, `histogram`, `total_counts`, `roi_spectra`, or the name of an output. */
  readonly view_name: string
}

/** What is wrong with a layout's file; lines and columns count from 1. */
export interface LiveGridProblem {
  readonly line: number
  readonly column: number
  readonly text: string
}
