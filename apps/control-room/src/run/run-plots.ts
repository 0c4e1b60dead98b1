import type { ColumnInfo, PlotChoice, RunSnap } from '@beamtime/http-gateway/ui-types'
import { applyMath, formulaColumn, normalised, type MathKind } from '../plot/derived-column.ts'
import { parseFormula } from '../plot/formula.ts'
import { fitPeak, isGoodFit, type FitShape, type PeakFit } from '../plot/curve-fit.ts'
import { heatGrid } from '../plot/heat-grid.ts'
import type { HeatSource } from '../plot/heat-2d.tsx'
import { curveStatistics, type CurveStatistics } from '../plot/peak-statistics.ts'
import { emptyFrame, type PlotLine, type PlotMark, type PlotSource } from '../plot/plot-frame.ts'
import { lineDashes } from '../theme/tokens.ts'
import type { LiveRunStore } from '../stores/live-run-store.ts'
import type { LiveTable } from '../stores/live-table.ts'
import { formatNumber, formatUncertain } from '../text/format-number.ts'
import { t } from '../text/text.ts'
import { textOf } from '../text/text-of.ts'

/** The choice that a run is judged by: lines and maps of the primary stream before anything else. */
export function primaryChoice(choices: readonly PlotChoice[] | undefined): PlotChoice | undefined {
  const drawn = choices?.filter((choice) => choice.kind !== 'table') ?? []
  return drawn.find((choice) => choice.stream === 'primary') ?? drawn[0]
}

/** Panels of a run: one per signal of the primary choice. */
export function signalsOf(choice: PlotChoice | undefined): readonly string[] {
  return choice?.columns.filter((name) => name !== choice.x && name !== choice.y) ?? []
}

/** The signal that the address names when the run has it, else the first. */
export function chosenSignal(choice: PlotChoice | undefined, wanted: string | undefined): string | undefined {
  const signals = signalsOf(choice)
  return wanted !== undefined && signals.includes(wanted) ? wanted : signals[0]
}

/** What the server says of a column; undefined while it is not known. */
export function columnInfo(snap: RunSnap | null, stream: string, name: string): ColumnInfo | undefined {
  return snap?.streams
    .find((candidate) => candidate.name === stream)
    ?.columns.find((column) => column.name === name)
}

/** x of a row: the column, or for `time` the seconds since the run began. */
export function xColumn(table: LiveTable, choice: PlotChoice, startTime: number): Float64Array {
  const column = table.numbers(choice.x)
  if (choice.x !== 'time' || column === undefined) return column ?? new Float64Array(0)
  return (column[0] ?? 0) > 1e8 ? column.map((v) => v - startTime) : column
}

export interface Shaping {
  readonly norm?: string | undefined
  readonly math?: string | undefined
}

const mathKinds: Readonly<Record<string, MathKind>> = {
  derivative: 'derivative',
  cumulative: 'cumulative',
  mean: 'mean',
}

/** The signal after normalisation and mathematics; a text starting with `=` is a formula over all columns. */
export function yColumn(
  table: LiveTable,
  name: string,
  { x, norm, math }: Shaping & { readonly x: Float64Array },
): Float64Array {
  const raw = table.numbers(name) ?? new Float64Array(0)
  if (math !== undefined && math.startsWith('=')) {
    const parsed = parseFormula(math.slice(1))
    if (parsed.ok) return formulaColumn(parsed.formula, raw.length, (column) => table.numbers(column))
  }
  const by = norm === undefined ? undefined : table.numbers(norm)
  const y = by === undefined ? raw : normalised(raw, by)
  return applyMath(mathKinds[math ?? ''] ?? 'none', x, y)
}

export interface Curve {
  readonly x: Float64Array
  readonly y: Float64Array
}

export function curveOf(run: LiveRunStore, signal: string | undefined, shaping: Shaping): Curve | null {
  const { snap, tables } = run.store.getState()
  const choice = primaryChoice(snap?.choices)
  if (snap === null || choice === undefined) return null
  const table = tables.get(choice.stream)
  const name = signal ?? signalsOf(choice)[0]
  if (table === undefined || name === undefined) return null
  const x = xColumn(table, choice, Number(snap.start['time'] ?? 0))
  return { x, y: yColumn(table, name, { x, ...shaping }) }
}

export interface PeakResult {
  readonly statistics: CurveStatistics
  readonly fit: PeakFit | null
}

/** `auto` shows a Gaussian only where it describes the data. */
export type FitChoice = FitShape | 'auto' | null

export function peakOf(curve: Curve | null, choice: FitChoice): PeakResult | null {
  if (curve === null || curve.x.length < 3) return null
  return { statistics: curveStatistics(curve.x, curve.y), fit: fitOfCurve(curve, choice) }
}

function fitOfCurve(curve: Curve, choice: FitChoice): PeakFit | null {
  if (choice === null) return null
  const fit = fitPeak(curve.x, curve.y, choice === 'auto' ? 'gaussian' : choice)
  return choice === 'auto' && !isGoodFit(fit, curve.x) ? null : fit
}

export interface LineOptions extends Shaping {
  readonly signal?: string | undefined
  readonly fit?: FitChoice
  /** Grey curve of another run, already fetched. */
  readonly overlay?: { readonly label: string; readonly curve: () => Curve | null } | null
  readonly isBare?: boolean
  readonly hasMarks?: boolean
  /** Colour of the line by its place among the signals. */
  readonly colour?: number
}

/** Curve of a run as it grows: points, fit drawn ahead of the data, centre and half width, where the motor is now, earlier run. */
export function lineSource(run: LiveRunStore, options: LineOptions): PlotSource {
  return {
    read() {
      const { snap } = run.store.getState()
      const curve = curveOf(run, options.signal, options)
      if (snap === null || curve === null) return emptyFrame
      const xRange = plannedRange(snap.start, primaryChoice(snap.choices)?.x)
      const isOpen = (snap.stop ?? null) === null
      const fit = peakOf(curve, options.fit ?? null)?.fit ?? null
      const lines = [
        ...(fit === null ? [] : [fitLine(fit, xRange ?? rangeOf(curve.x))]),
        mainLine(curve, options, snap.start),
        ...overlayLines(options),
      ]
      const marks = options.hasMarks === true ? marksOf({ curve, fit, isOpen, ...axisOf(run) }) : []
      return { lines, marks, xRange }
    },
    subscribe: (listener) => subscribeRun(run, listener),
  }
}

function overlayLines({ overlay }: LineOptions): readonly PlotLine[] {
  const curve = overlay?.curve() ?? null
  return curve === null ? [] : [previousLine(curve, overlay?.label ?? '')]
}

/** Told of new rows of the drawn stream, and of another run or state. */
export function subscribeRun(run: LiveRunStore, listener: () => void): () => void {
  let stop: (() => void) | undefined
  let watched: LiveTable | undefined
  const watch = (): void => {
    const { snap, tables } = run.store.getState()
    const table = tables.get(primaryChoice(snap?.choices)?.stream ?? 'primary')
    if (table !== watched) {
      stop?.()
      watched = table
      stop = table?.subscribe(listener)
    }
    listener()
  }
  const unsubscribe = run.store.subscribe(watch)
  watch()
  return () => {
    unsubscribe()
    stop?.()
  }
}

function axisOf(run: LiveRunStore): { readonly unit: string; readonly precision: number | null } {
  const { snap } = run.store.getState()
  const choice = primaryChoice(snap?.choices)
  if (choice === undefined) return { unit: '', precision: null }
  return {
    unit: choice.units[choice.x] ?? '',
    precision: columnInfo(snap, choice.stream, choice.x)?.precision ?? null,
  }
}

function mainLine(curve: Curve, options: LineOptions, start: Readonly<Record<string, unknown>>): PlotLine {
  const id = start['scan_id']
  const label =
    options.isBare === true || (options.overlay ?? null) === null
      ? ''
      : `${typeof id === 'number' ? id : ''} ${options.signal ?? ''}`.trim()
  return {
    key: 'main',
    label,
    ...curve,
    colour: options.colour ?? 0,
    dash: [],
    hasPoints: options.isBare !== true && (options.colour ?? 0) === 0 && curve.x.length <= 150,
    isMain: true,
  }
}

function previousLine(curve: Curve, label: string): PlotLine {
  return {
    key: 'previous',
    label,
    ...curve,
    colour: 'previous',
    dash: [2, 3],
    hasPoints: false,
    isMain: false,
  }
}

function rangeOf(x: Float64Array): readonly [number, number] {
  return [
    x.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY),
    x.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY),
  ]
}

const fitPoints = 300

function fitLine(fit: PeakFit, [lo, hi]: readonly [number, number]): PlotLine {
  const x = Float64Array.from({ length: fitPoints }, (_, i) => lo + (i / (fitPoints - 1)) * (hi - lo))
  return {
    key: 'fit',
    label: t.live.fitLabel,
    x,
    y: x.map(fit.at),
    colour: 1,
    dash: lineDashes[1] ?? [6, 3],
    hasPoints: false,
    isMain: false,
  }
}

function marksOf(o: {
  curve: Curve
  fit: PeakFit | null
  isOpen: boolean
  unit: string
  precision: number | null
}): PlotMark[] {
  const marks: PlotMark[] = []
  const centre = o.fit
  if (centre !== null) {
    const { value } = formatUncertain(centre.centre, centre.sigma.centre)
    marks.push({ x: centre.centre, label: `${t.live.cen} ${value}`, kind: 'solid' })
    marks.push(
      { x: centre.centre - centre.fwhm / 2, label: '', kind: 'dashed' },
      { x: centre.centre + centre.fwhm / 2, label: '', kind: 'dashed' },
    )
  }
  const last = o.curve.x.at(-1)
  if (o.isOpen && last !== undefined)
    marks.push({
      x: last,
      label: `${t.live.now} ${formatNumber(last, { precision: o.precision })}${o.unit === '' ? '' : ` ${o.unit}`}`,
      kind: 'now',
    })
  return marks
}

/** Whole width of the scan as planned: from the plan's own arguments where they say so. */
export function plannedRange(
  start: Readonly<Record<string, unknown>>,
  axis: string | undefined,
): readonly [number, number] | null {
  const args = (start['plan_args'] as Record<string, unknown> | undefined)?.['args']
  const motors = start['motors']
  if (!Array.isArray(args) || !Array.isArray(motors) || axis === undefined) return null
  const isRelative = textOf(start['plan_name']).startsWith('rel_')
  const index = motors.findIndex((motor) => motor === axis || axis.startsWith(`${String(motor)}_`))
  const triple = args.slice(index * 3, index * 3 + 3) as unknown[]
  const [, from, to] = triple
  return !isRelative && index >= 0 && typeof from === 'number' && typeof to === 'number'
    ? [Math.min(from, to), Math.max(from, to)]
    : null
}

/** Map of one signal of a gridded run. */
export function mapSource(run: LiveRunStore, signal: string, norm: string | undefined): HeatSource {
  return {
    read() {
      const { snap, tables } = run.store.getState()
      const choice = primaryChoice(snap?.choices)
      if (choice?.grid === undefined) return null
      const table = tables.get(choice.stream)
      const values =
        table === undefined ? new Float64Array(0) : yColumn(table, signal, { x: new Float64Array(0), norm })
      const map = heatGrid(choice.grid, values, table?.numbers('seq_num'))
      // Once the run is over there is no current point and nothing planned.
      return (snap?.stop ?? null) === null ? map : { ...map, current: null }
    },
    subscribe: (listener) => subscribeRun(run, listener),
  }
}
