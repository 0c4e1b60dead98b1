import type { EventDescriptor, RunStart } from '@beamtime/event-model'
import { fieldsOfObject, fieldsToShow } from './hinted-fields.ts'

/* What to show of a run that nobody has configured a view for. */

/** Along what a stream is drawn. `x` is null for time since the start of the run. */
export interface Axis {
  /** The field on the axis; null: time. */
  readonly field: string | null
  /** All fields of this dimension. */
  readonly fields: readonly string[]
  readonly units: string | null
}

export interface Column {
  readonly field: string
  readonly object: string
  readonly dtype: string
  readonly units: string | null
  readonly precision: number | null
  /** A number, so it can be drawn. */
  readonly plottable: boolean
}

export type StreamView =
  | { readonly kind: 'line'; readonly x: Axis }
  | {
      readonly kind: 'image'
      /** Rows. */
      readonly slow: Axis
      /** Columns. */
      readonly fast: Axis
      readonly shape: readonly [rows: number, columns: number]
      /** Outer edges of the cells: half a step beyond the points. */
      readonly extent: { readonly fast: readonly [number, number]; readonly slow: readonly [number, number] }
      /** In odd rows the columns run backwards. */
      readonly snaking: boolean
      /** Both axes to the same scale. */
      readonly equalAspect: boolean
    }
  | {
      readonly kind: 'scatter'
      readonly x: Axis
      readonly y: Axis
      readonly limits: { readonly x: readonly [number, number]; readonly y: readonly [number, number] } | null
    }
  | { readonly kind: 'table' }

export interface StreamChoice {
  readonly stream: string
  /** Axes of the scan, slow to fast; one time axis for streams beside the scan. */
  readonly axes: readonly Axis[]
  /** What is measured: fields that are not axes. */
  readonly columns: readonly Column[]
  readonly view: StreamView
}

export interface BestEffortChoices {
  /** The stream that the dimensions belong to, usually 'primary'. */
  readonly mainStream: string
  /** One for each described stream, the main one first. */
  readonly streams: readonly StreamChoice[]
}

interface Dimensions {
  readonly stream: string
  readonly fields: readonly (readonly string[])[]
  /** The fields are names of motors, to be replaced by what these hint at. */
  readonly areMotorNames: boolean
}

/** Chooses axes, columns and kind of plot for each stream, from the documents alone. Of several descriptors of one
 * stream the last counts. */
export function bestEffortChoices(
  start: RunStart,
  descriptors: readonly EventDescriptor[],
): BestEffortChoices {
  const dimensions = dimensionsOf(start)
  const byStream = new Map(descriptors.map((descriptor) => [descriptor.name ?? '', descriptor]))
  const names = [...byStream.keys()].toSorted(
    (a, b) => Number(b === dimensions.stream) - Number(a === dimensions.stream),
  )
  const streams = names.flatMap((name) => {
    const descriptor = byStream.get(name)
    return descriptor === undefined ? [] : [streamChoice(start, descriptor, dimensions)]
  })
  return { mainStream: dimensions.stream, streams }
}

function dimensionsOf(start: RunStart): Dimensions {
  const hinted = start.hints?.dimensions
  const guess = guessOf(start)
  if (!Array.isArray(hinted) || hinted.length === 0) return guess
  const fields: (readonly string[])[] = []
  const streams = new Set<string>()
  for (const dimension of hinted as readonly unknown[]) {
    const [names, stream] = Array.isArray(dimension) ? (dimension as readonly unknown[]) : []
    fields.push(typeof names === 'string' ? [names] : Array.isArray(names) ? names.map(String) : [])
    streams.add(typeof stream === 'string' ? stream : 'primary')
  }
  const [stream = 'primary'] = streams
  return streams.size === 1 ? { stream, fields, areMotorNames: false } : guess
}

function guessOf(start: RunStart): Dimensions {
  const { motors } = start
  const names = Array.isArray(motors) ? motors.map(String) : []
  if (names.length === 0) return { stream: 'primary', fields: [['time']], areMotorNames: false }
  return { stream: 'primary', fields: names.map((name) => [name]), areMotorNames: true }
}

function streamChoice(start: RunStart, descriptor: EventDescriptor, dimensions: Dimensions): StreamChoice {
  const stream = descriptor.name ?? ''
  const isMain = stream === dimensions.stream
  const fields = isMain
    ? dimensions.fields.map((names) =>
        dimensions.areMotorNames ? names.flatMap((name) => fieldsOfObject(descriptor, name)) : names,
      )
    : [['time']]
  const axes = fields.map((names) => axisOf(descriptor, names))
  const taken = new Set(fields.flat())
  const columns = fieldsToShow(descriptor)
    .filter((field) => !taken.has(field))
    .map((field) => columnOf(descriptor, field))
  return { stream, axes, columns, view: viewOf({ start, stream, isMain, axes, columns }) }
}

function axisOf(descriptor: EventDescriptor, fields: readonly string[]): Axis {
  const [first = 'time'] = fields
  const known = first in descriptor.data_keys
  if (!known) return { field: null, fields: [], units: 's' }
  return { field: first, fields, units: descriptor.data_keys[first]?.units ?? null }
}

function columnOf(descriptor: EventDescriptor, field: string): Column {
  const key = descriptor.data_keys[field]
  const isScalar = key !== undefined && (key.shape.length === 0 || key.shape.every((n) => n === 1))
  return {
    field,
    object: key?.object_name ?? '',
    dtype: key?.dtype ?? 'string',
    units: key?.units ?? null,
    precision: key?.precision ?? null,
    plottable: isScalar && (key.dtype === 'number' || key.dtype === 'integer'),
  }
}

interface ViewInput {
  readonly start: RunStart
  readonly stream: string
  readonly isMain: boolean
  readonly axes: readonly Axis[]
  readonly columns: readonly Column[]
}

const table: StreamView = { kind: 'table' }

function viewOf(input: ViewInput): StreamView {
  const { start, axes } = input
  const isSinglePoint = input.isMain && start['num_points'] === 1
  if (input.stream === 'baseline' || isSinglePoint || !input.columns.some((column) => column.plottable)) {
    return table
  }
  const [first, second] = axes
  if (first === undefined || axes.length > 2) return table
  if (second === undefined) return { kind: 'line', x: first }
  return gridView(start, first, second) ?? scatterView(start, first, second)
}

function numberPair(value: unknown): readonly [number, number] | null {
  if (!Array.isArray(value)) return null
  const [a, b] = [Number(value[0]), Number(value.at(-1))]
  return Number.isFinite(a) && Number.isFinite(b) ? [a, b] : null
}

function extentsOf(start: RunStart): readonly [readonly [number, number], readonly [number, number]] | null {
  const extents = start['extents']
  if (!Array.isArray(extents)) return null
  const slow = numberPair(extents[0])
  const fast = numberPair(extents[1])
  return slow === null || fast === null ? null : [slow, fast]
}

function gridView(start: RunStart, slow: Axis, fast: Axis): StreamView | null {
  const extents = extentsOf(start)
  const shape = numberPair(start['shape'])
  if (start.hints?.['gridding'] !== 'rectilinear' || extents === null || shape === null) return null
  const [[slowFrom, slowTo], [fastFrom, fastTo]] = extents
  const [rows, columns] = shape
  const slowStep = (slowTo - slowFrom) / Math.max(1, rows - 1)
  const fastStep = (fastTo - fastFrom) / Math.max(1, columns - 1)
  const ratio = Math.abs((fastTo - fastFrom) / (slowTo - slowFrom))
  const snaking = start['snaking']
  return {
    kind: 'image',
    slow,
    fast,
    shape: [rows, columns],
    extent: {
      slow: [slowFrom - slowStep / 2, slowTo + slowStep / 2],
      fast: [fastFrom - fastStep / 2, fastTo + fastStep / 2],
    },
    snaking: Array.isArray(snaking) && snaking[1] === true,
    equalAspect: ratio > 0.5 && ratio < 2,
  }
}

function scatterView(start: RunStart, x: Axis, y: Axis): StreamView {
  const extents = extentsOf(start)
  return { kind: 'scatter', x, y, limits: extents === null ? null : { x: extents[0], y: extents[1] } }
}

/** The cell of an image that an event belongs to, from its seq_num (from 1). */
export function imageCell(
  seqNum: number,
  view: Extract<StreamView, { readonly kind: 'image' }>,
): { readonly row: number; readonly column: number } {
  const [, columns] = view.shape
  const row = Math.floor((seqNum - 1) / columns)
  const column = (seqNum - 1) % columns
  return { row, column: view.snaking && row % 2 === 1 ? columns - 1 - column : column }
}
