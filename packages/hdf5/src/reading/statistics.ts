import { Hdf5Error } from '../error.ts'
import type { Statistics, Values } from './entity.ts'
import type { ResolvedSelection, ArraySelection } from './selection.ts'

/** Cuts a selection into parts of at most `elements` elements, along its first dimensions. */
export function* parts(selection: ResolvedSelection, elements: number): Generator<ArraySelection> {
  const ranges = selection.start.map((start, dimension) => {
    const step = selection.step[dimension] ?? 1
    return { start, step, count: selection.count[dimension] ?? 0 }
  })
  yield* cut(ranges, [], { from: 0, elements })
}

interface Range {
  readonly start: number
  readonly step: number
  readonly count: number
}

function asSelection({ start, step, count }: Range): { start: number; stop: number; step: number } {
  return { start, step, stop: start + count * step - (step - 1) }
}

function* cut(
  ranges: readonly Range[],
  before: ArraySelection,
  at: { readonly from: number; readonly elements: number },
): Generator<ArraySelection> {
  const rest = ranges.slice(at.from)
  const total = rest.reduce((product, { count }) => product * count, 1)
  if (total === 0) return
  const [range] = rest
  if (range === undefined || total <= at.elements) {
    yield [...before, ...rest.map(asSelection)]
    return
  }
  const each = total / range.count
  const rows = Math.max(1, Math.floor(at.elements / each))
  for (let done = 0; done < range.count; done += rows) {
    const count = Math.min(rows, range.count - done)
    const part = { start: range.start + done * range.step, step: range.step, count }
    const next = [...before, asSelection(part)]
    if (each > at.elements) yield* cut(ranges, next, { from: at.from + 1, elements: at.elements })
    else yield [...next, ...rest.slice(1).map(asSelection)]
  }
}

/** Collects statistics over values that come in parts. */
export class StatisticsCollector {
  private count = 0
  private mean = 0
  private squares = 0
  private min = Infinity
  private max = -Infinity
  private positiveMin = Infinity
  private strictPositiveMin = Infinity

  /** Throws HDF5_TYPE_UNSUPPORTED for values that are no numbers. */
  add(values: Values): void {
    if (values.kind === 'empty') return
    if (values.kind !== 'numbers')
      throw new Hdf5Error({
        code: 'HDF5_TYPE_UNSUPPORTED',
        message: 'there are statistics of numbers only',
        fault: 'caller',
        remedy: 'Choose a dataset of integers or floats.',
      })
    let count = 0
    let sum = 0
    for (const element of values.data) {
      const value = Number(element)
      if (!Number.isFinite(value)) continue
      count += 1
      sum += value
      if (value < this.min) this.min = value
      if (value > this.max) this.max = value
      if (value >= 0 && value < this.positiveMin) this.positiveMin = value
      if (value > 0 && value < this.strictPositiveMin) this.strictPositiveMin = value
    }
    if (count === 0) return
    const mean = sum / count
    let squares = 0
    for (const element of values.data) {
      const value = Number(element)
      if (Number.isFinite(value)) squares += (value - mean) ** 2
    }
    const total = this.count + count
    const shift = mean - this.mean
    this.squares += squares + (shift ** 2 * this.count * count) / total
    this.mean += (shift * count) / total
    this.count = total
  }

  result(): Statistics {
    const finite = (value: number): number | null => (Number.isFinite(value) ? value : null)
    return {
      min: finite(this.min),
      max: finite(this.max),
      mean: this.count === 0 ? null : this.mean,
      std: this.count === 0 ? null : Math.sqrt(this.squares / this.count),
      strict_positive_min: finite(this.strictPositiveMin),
      positive_min: finite(this.positiveMin),
    }
  }
}
