import { toDoubles, type ArraysFrame } from '../../../net/frame-codec.ts'

/** One result of an output, ready to draw. */
export interface ShownOutput {
  readonly title: string
  readonly unit: string
  readonly shape: readonly number[]
  readonly axes: readonly string[]
  readonly values: Float64Array
  readonly errors: Float64Array | null
  /** Coordinates by the names of their axes. */
  readonly coords: ReadonlyMap<string, Coordinate>
  /** Of the data, Unix ms: begin of the window or of the job, and the end. */
  readonly startTimeMs: number | null
  readonly timeMs: number
  readonly sum: number
}

export interface Coordinate {
  readonly values: Float64Array
  readonly unit: string
}

/** A result without its arrays: what stands beside a plot. */
export interface OutputSummary {
  readonly title: string
  readonly unit: string
  readonly shape: readonly number[]
  readonly axes: readonly string[]
  readonly axisUnits: Readonly<Record<string, string>>
  readonly startTimeMs: number | null
  readonly timeMs: number
  readonly sum: number
  /** The newest number of a series, or the number itself. */
  readonly last: number | null
}

export function shownOutput({ columns, meta, sourceTimeMs }: ArraysFrame): ShownOutput | null {
  const signal = columns.find(({ name }) => name === 'signal')
  if (signal === undefined) return null
  const values = toDoubles(signal.data)
  const errors = columns.find(({ name }) => name === 'errors')
  const listed = meta['arrays'] as readonly { readonly name: string; readonly axes?: readonly string[] }[]
  return {
    title: typeof meta['title'] === 'string' ? meta['title'] : '',
    unit: signal.unit ?? '',
    shape: signal.shape,
    axes: listed.find(({ name }) => name === 'signal')?.axes ?? [],
    values,
    errors: errors === undefined ? null : toDoubles(errors.data),
    coords: new Map(
      columns
        .filter(({ name }) => name !== 'signal' && name !== 'errors')
        .map((column) => [column.name, { values: toDoubles(column.data), unit: column.unit ?? '' }]),
    ),
    startTimeMs: Array.isArray(meta['time']) ? Number(meta['time'][0]) : null,
    timeMs: sourceTimeMs,
    sum: sumOf(values),
  }
}

export function summaryOf(output: ShownOutput): OutputSummary {
  const { title, unit, shape, axes, coords, startTimeMs, timeMs, sum, values } = output
  return {
    title,
    unit,
    shape,
    axes,
    axisUnits: Object.fromEntries(axes.map((axis) => [axis, coords.get(axis)?.unit ?? ''])),
    startTimeMs,
    timeMs,
    sum,
    last: values.at(-1) ?? null,
  }
}

function sumOf(values: Float64Array): number {
  let sum = 0
  for (const value of values) if (!Number.isNaN(value)) sum += value
  return sum
}

/** Centres of bins, when a coordinate has one value more than the axis. */
export function centresOf(coord: Float64Array, length: number): Float64Array {
  if (coord.length !== length + 1) return coord
  return Float64Array.from({ length }, (_, index) => ((coord[index] ?? 0) + (coord[index + 1] ?? 0)) / 2)
}

/** `time of flight (ms)` */
export function axisText(axis: string, unit: string): string {
  const name = axis.replaceAll('_', ' ')
  return unit === '' || unit === 'dimensionless' ? name : `${name} (${unit})`
}
