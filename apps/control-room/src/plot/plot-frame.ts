/** What a plot shows at one moment. Producers build it from their columns when asked; no copies are needed. */
export interface PlotFrame {
  readonly lines: readonly PlotLine[]
  readonly marks: readonly PlotMark[]
  /** Whole width of the axis, e.g. the planned range of a scan; null follows the data. */
  readonly xRange: readonly [number, number] | null
}

export interface PlotLine {
  readonly key: string
  /** Direct label at the line; empty for none. */
  readonly label: string
  readonly x: Float64Array
  readonly y: Float64Array
  /** One standard deviation of each y: bars, or a band where points are dense. */
  readonly errors?: Float64Array | null
  /** Index into the line colours; `previous` is the grey of an earlier run. */
  readonly colour: number | 'previous'
  readonly dash: readonly number[]
  readonly hasPoints: boolean
  /** How the points are joined; lines by default. */
  readonly joint?: 'line' | 'steps' | 'none'
  /** How errors are drawn; by default bars, or a band where points are dense. */
  readonly errorStyle?: 'bars' | 'band'
  /** Shown on hover and counted for the range of the y axis. */
  readonly isMain: boolean
}

export interface PlotMark {
  readonly x: number
  readonly label: string
  readonly kind: 'solid' | 'dashed' | 'now'
}

export interface PlotSource {
  read(): PlotFrame
  subscribe(listener: () => void): () => void
}

export const emptyFrame: PlotFrame = { lines: [], marks: [], xRange: null }

/** A source whose frame never changes. */
export function staticSource(frame: PlotFrame): PlotSource {
  return { read: () => frame, subscribe: () => () => undefined }
}
