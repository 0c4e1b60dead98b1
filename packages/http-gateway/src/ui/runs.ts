export interface RunSummary {
  readonly uid: string
  readonly scan_id: number | null
  readonly plan_name: string
  /** From `sample` (or its `name`) or `sample_name` of the start document. */
  readonly sample: string | null
  readonly title: string | null
  readonly user: string | null
  readonly time: number
  readonly stop_time: number | null
  /** Seconds; null while the run is open. */
  readonly duration: number | null
  /** null while the run is open. */
  readonly exit_status: 'success' | 'abort' | 'fail' | null
  readonly reason: string | null
  /** As announced by the plan. */
  readonly num_points: number | null
  /** Rows so far in the primary stream. */
  readonly points: number
  /** Events per stream, as far as known. */
  readonly num_events: Readonly<Record<string, number>>
  readonly motors: readonly string[]
  readonly motor_ranges: readonly MotorRange[]
  readonly detectors: readonly string[]
  readonly item_uid: string | null
  readonly archived: boolean
  /** Up to 24 values of the first plotted column of the primary stream, when asked for with `spark=1`. */
  readonly spark?: readonly number[]
}

/** What an axis of a run did. */
export interface MotorRange {
  readonly name: string
  /** Column that was followed. */
  readonly field: string
  readonly unit: string | null
  readonly first: number | null
  readonly last: number | null
  readonly low: number | null
  readonly high: number | null
}

/** GET /api/runs?q=&plan=&sample=&user=&status=&motor=&detector=&from=&to=&sort=&cursor=&limit=&facets=1&spark=1 */
export interface RunsPage {
  readonly runs: readonly RunSummary[]
  readonly next: string | null
  readonly total: number
  readonly facets?: Readonly<Record<string, readonly { readonly value: string; readonly count: number }[]>>
  /** Words of `q` that were not understood. */
  readonly problems: readonly string[]
  /** Milliseconds that the search took. */
  readonly tookMs: number
}

/** GET /api/runs/{key}; key is a uid, a unique start of one (5 characters and more), a scan_id or -1, -2 …. */
export interface RunDetail {
  readonly summary: RunSummary
  readonly start: Readonly<Record<string, unknown>>
  readonly stop: Readonly<Record<string, unknown>> | null
  readonly descriptors: readonly Readonly<Record<string, unknown>>[]
  readonly streams: readonly StreamInfo[]
  readonly assets: readonly Readonly<Record<string, unknown>>[]
  readonly choices: readonly PlotChoice[]
}

export interface StreamInfo {
  readonly name: string
  readonly rows: number
  readonly columns: readonly ColumnInfo[]
}
export interface ColumnInfo {
  readonly name: string
  /** `number`, `integer`, `string`, `boolean`, `array`. */
  readonly dtype: string
  readonly shape: readonly number[]
  readonly unit: string | null
  readonly precision: number | null
  readonly object: string | null
  readonly external: boolean
}

/** GET /api/runs/{key}/streams/{s}/table?cols=&first=&n=&decimate= as JSON; as `application/x-cr-array` it is a binary frame of type 2 with kind `rows`. */
export interface TablePage {
  readonly stream: string
  readonly first: number
  readonly n: number
  readonly total: number
  /** Rows per row shown, when decimated. */
  readonly reduced?: number
  readonly columns: readonly {
    readonly name: string
    readonly unit: string | null
    readonly values: readonly unknown[]
  }[]
}

/** GET /api/runs/{key}/documents?after=&limit= */
export interface DocumentsPage {
  readonly documents: readonly { readonly name: string; readonly doc: Readonly<Record<string, unknown>> }[]
  readonly next: number | null
}

/** What to draw of a stream (the rules of the best-effort callback). */
export interface PlotChoice {
  readonly stream: string
  readonly kind: 'line' | 'grid' | 'scatter' | 'table'
  /** Column of the x axis; `time` = seconds since the start of the run. For grid: the fast axis. */
  readonly x: string
  /** scatter and grid: the slow axis. */
  readonly y: string | null
  /** Columns to draw, numeric only. */
  readonly columns: readonly string[]
  /** Columns of the table, dimensions first. */
  readonly table: readonly string[]
  readonly grid?: {
    /** [rows, columns] */
    readonly shape: readonly [number, number]
    /** [[slow first, slow last], [fast first, fast last]] of the cell centres. */
    readonly extents: readonly [readonly [number, number], readonly [number, number]]
    /** Whether odd rows run backwards. */
    readonly snaking: boolean
  }
  readonly units: Readonly<Record<string, string>>
}

export interface PeakStatistics {
  readonly stream: string
  readonly x: string
  readonly y: string
  readonly points: number
  /** [x, y] */
  readonly min: readonly [number, number] | null
  readonly max: readonly [number, number] | null
  readonly com: number | null
  readonly cen: number | null
  readonly fwhm: number | null
  readonly crossings: readonly number[]
  readonly lin_bkg: { readonly m: number; readonly b: number } | null
}

/**
 * Snap of the channel `run`. Rows follow as binary frames of type 2 with kind `rows`, `stream`, `first` (row index);
 * a frame with `first` 0 starts the stream anew. A new snap with another uid follows when args.uid is `current`.
 * `null` when there has been no run.
 */
export interface RunSnap {
  readonly uid: string
  readonly start: Readonly<Record<string, unknown>>
  readonly stop?: Readonly<Record<string, unknown>> | null
  readonly descriptors: readonly Readonly<Record<string, unknown>>[]
  readonly streams: readonly StreamInfo[]
  readonly choices: readonly PlotChoice[]
  readonly peaks: readonly PeakStatistics[]
  readonly summary: RunSummary
}

/** Events of the channel `runs`; its snap is `{active: RunSummary[]}`. */
export interface RunsSnap {
  readonly active: readonly RunSummary[]
}
export interface RunsEvent {
  readonly op: 'new' | 'update'
  readonly run: RunSummary
}
