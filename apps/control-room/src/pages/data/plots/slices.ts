import type { PlotSettings } from './plot-params.ts'
import { axisText, centresOf, type ShownOutput } from './shown-output.ts'

/** A dimension of which one slice is shown. */
export interface SliceInfo {
  readonly dimension: string
  readonly index: number
  readonly count: number
  /** Coordinate of the slice with its unit: `time of arrival 12.5 ms`. */
  readonly value: number
  readonly unit: string
}

export interface SlicedPicture {
  /** With two dimensions. */
  readonly output: ShownOutput
  readonly slice: SliceInfo | null
}

/** One slice of three dimensions, or the sum of all slices. */
export function sliced(
  output: ShownOutput,
  settings: Pick<PlotSettings, 'sliceMode' | 'dimension'>,
  chosen: Readonly<Record<string, number>>,
): SlicedPicture | null {
  if (output.shape.length !== 3) return null
  const at = Math.max(0, output.axes.indexOf(settings.dimension))
  const dimension = output.axes[at] ?? ''
  const count = output.shape[at] ?? 0
  const rest = [0, 1, 2].filter((index) => index !== at)
  if (settings.sliceMode === 'flatten') {
    let sum: Float64Array | null = null
    for (let index = 0; index < count; index += 1) {
      const one = gathered(output, rest, { dimension: at, index })
      sum = sum === null ? one : sum.map((value, i) => value + (one[i] ?? 0))
    }
    return { output: reduced(output, rest, sum ?? new Float64Array(0)), slice: null }
  }
  const index = Math.min(count - 1, Math.max(0, Math.round(chosen[dimension] ?? 0)))
  const coord = output.coords.get(dimension)
  return {
    output: reduced(output, rest, gathered(output, rest, { dimension: at, index })),
    slice: {
      dimension,
      index,
      count,
      value: coord === undefined ? index : (centresOf(coord.values, count)[index] ?? index),
      unit: coord?.unit ?? '',
    },
  }
}

/** Three to six dimensions as one picture: some of them one after the other along x, the others along y. */
export function flattened(
  output: ShownOutput,
  settings: Pick<PlotSettings, 'xDimensions' | 'isReversed' | 'isTransposed'>,
): ShownOutput | null {
  const dims = output.shape.length
  if (dims < 3 || dims > 6) return null
  const named = settings.xDimensions.split(',').map((name) => output.axes.indexOf(name.trim()))
  const wanted = [...new Set(named.filter((index) => index >= 0))]
  const across = wanted.length === 0 || wanted.length === dims ? [dims - 1] : wanted.toSorted((a, b) => a - b)
  const down = Array.from(output.shape.keys()).filter((index) => !across.includes(index))
  const turned = settings.isReversed ? [down.toReversed(), across.toReversed()] : [down, across]
  const [rows = [], columns = []] = settings.isTransposed ? turned.toReversed() : turned
  const size = (list: readonly number[]): number =>
    list.reduce((product, index) => product * (output.shape[index] ?? 0), 1)
  const name = (list: readonly number[]): string => list.map((index) => output.axes[index] ?? '').join(', ')
  const own = (list: readonly number[]): ShownOutput['coords'] => {
    const axis = output.axes[list[0] ?? 0] ?? ''
    const coord = output.coords.get(axis)
    return list.length === 1 && coord !== undefined ? new Map([[axis, coord]]) : new Map()
  }
  return {
    ...output,
    shape: [size(rows), size(columns)],
    axes: [name(rows), name(columns)],
    values: gathered(output, [...rows, ...columns], null),
    errors: null,
    coords: new Map([...own(rows), ...own(columns)]),
  }
}

/** Values in the order of the dimensions named, the last one fastest; of one dimension one index only. */
function gathered(
  { shape, values }: ShownOutput,
  order: readonly number[],
  fixed: { readonly dimension: number; readonly index: number } | null,
): Float64Array {
  const strides = shape.map((_, index) => shape.slice(index + 1).reduce((product, n) => product * n, 1))
  const sizes = order.map((index) => shape[index] ?? 0)
  const steps = order.map((index) => strides[index] ?? 0)
  const out = new Float64Array(sizes.reduce((product, n) => product * n, 1))
  const at = sizes.map(() => 0)
  let from = fixed === null ? 0 : fixed.index * (strides[fixed.dimension] ?? 0)
  for (let i = 0; i < out.length; i += 1) {
    out[i] = values[from] ?? Number.NaN
    for (let d = sizes.length - 1; d >= 0; d -= 1) {
      at[d] = (at[d] ?? 0) + 1
      from += steps[d] ?? 0
      if ((at[d] ?? 0) < (sizes[d] ?? 0)) break
      from -= (steps[d] ?? 0) * (sizes[d] ?? 0)
      at[d] = 0
    }
  }
  return out
}

function reduced(output: ShownOutput, rest: readonly number[], values: Float64Array): ShownOutput {
  return {
    ...output,
    shape: rest.map((index) => output.shape[index] ?? 0),
    axes: rest.map((index) => output.axes[index] ?? ''),
    values,
    errors: null,
  }
}

/** `time of arrival 12.5 ms` */
export function sliceText({ dimension, unit }: Pick<SliceInfo, 'dimension' | 'unit'>, value: string): string {
  return `${axisText(dimension, '')} ${value}${unit === '' || unit === 'dimensionless' ? '' : ` ${unit}`}`
}
