import type { DataArray, Variable } from '../data/data-array.ts'
import { axisTitle, type Captions } from './frame.ts'
import { imagePicture, type ImageAxis } from './image-plot.ts'
import { linePicture, type Line } from './line-plot.ts'
import type { Raster } from './raster.ts'
import { timeScale } from './time-scale.ts'

/** A number at a time, for outputs that are one number. */
export interface HistoryPoint {
  readonly timeMs: number
  readonly value: number
}

/** The picture of a result: a curve, curves, an image, or a number over time. */
export function resultPicture(
  captions: Captions,
  { array, history }: { readonly array: DataArray; readonly history: readonly HistoryPoint[] },
): Raster {
  const { signal, label } = array
  const yTitle = signal.unit === 'counts' ? 'counts' : axisTitle(label === '' ? 'value' : label, signal.unit)
  if (signal.dims.length === 0) return numberPicture(captions, { history, yTitle })
  if (signal.dims.length === 1) return curvePicture(captions, { array, yTitle })
  if (signal.dims.length === 2 && signal.dims[0] === 'roi') return regionsPicture(captions, { array, yTitle })
  return planePicture(captions, array)
}

function numberPicture(
  captions: Captions,
  { history, yTitle }: { readonly history: readonly HistoryPoint[]; readonly yTitle: string },
): Raster {
  const line: Line = {
    name: '',
    x: Float64Array.from(history, ({ timeMs }) => timeMs),
    y: Float64Array.from(history, ({ value }) => value),
  }
  return linePicture(captions, { lines: [line], xTitle: 'time (UTC)', yTitle, xScale: timeScale })
}

function curvePicture(
  captions: Captions,
  { array, yTitle }: { readonly array: DataArray; readonly yTitle: string },
): Raster {
  const { signal, coords, variances, label } = array
  // Regions have no axis of their own: their corners are what there is to see.
  const { x: xs, y: ys } = coords
  if ((signal.dims[0] === 'bounds' || signal.dims[0] === 'vertex') && xs !== undefined && ys !== undefined) {
    const line = { name: '', x: numbers(xs), y: numbers(ys) }
    return linePicture(captions, {
      lines: [line],
      xTitle: axisTitle('x', xs.unit),
      yTitle: axisTitle('y', ys.unit),
    })
  }
  const [dim = ''] = signal.dims
  const coord = coords[dim]
  const isTime = coord?.unit === 'datetime64[ns]'
  const line: Line = {
    name: label,
    x:
      coord === undefined
        ? indices(signal.values.length)
        : isTime
          ? numbers(coord).map((ns) => ns / 1e6)
          : numbers(coord),
    y: numbers(signal),
    ...(variances === undefined ? {} : { errors: variances.map(Math.sqrt) }),
  }
  const xTitle = isTime ? 'time (UTC)' : axisTitle(dim, coord?.unit ?? null)
  return linePicture(captions, { lines: [line], xTitle, yTitle, ...(isTime ? { xScale: timeScale } : {}) })
}

function regionsPicture(
  captions: Captions,
  { array, yTitle }: { readonly array: DataArray; readonly yTitle: string },
): Raster {
  const { signal, coords } = array
  const [count = 0, length = 0] = signal.shape
  const [, dim = ''] = signal.dims
  const x = coords[dim]
  const numbered = coords['roi'] === undefined ? [] : numbers(coords['roi'])
  const values = numbers(signal)
  const lines = Array.from({ length: count }, (_, row) => ({
    name: `region ${numbered[row] ?? row}`,
    x: x === undefined ? indices(length) : numbers(x),
    y: values.slice(row * length, (row + 1) * length),
  }))
  const none: Line = {
    name: '',
    x: x === undefined ? new Float64Array(0) : numbers(x),
    y: new Float64Array(0),
  }
  return linePicture(captions, {
    lines: lines.length === 0 ? [none] : lines,
    xTitle: axisTitle(dim, x?.unit ?? null),
    yTitle,
  })
}

/** The last two dimensions; further ones are summed. */
function planePicture(captions: Captions, array: DataArray): Raster {
  const { signal, coords, label } = array
  const rows = signal.shape.at(-2) ?? 1
  const columns = signal.shape.at(-1) ?? 1
  const values = new Float64Array(rows * columns)
  const all = numbers(signal)
  for (let at = 0; at < all.length; at++)
    values[at % values.length] = (values[at % values.length] ?? 0) + (all[at] ?? 0)
  const summed = signal.dims.slice(0, -2)
  const what = signal.unit === 'counts' ? 'counts' : axisTitle(label, signal.unit)
  return imagePicture(captions, {
    values,
    x: axisOf(signal.dims.at(-1) ?? '', { length: columns, coord: coords[signal.dims.at(-1) ?? ''] }),
    y: axisOf(signal.dims.at(-2) ?? '', { length: rows, coord: coords[signal.dims.at(-2) ?? ''] }),
    valueTitle: summed.length === 0 ? what : `${what}, summed over ${summed.join(', ')}`,
  })
}

function axisOf(
  name: string,
  { length, coord }: { readonly length: number; readonly coord: Variable | undefined },
): ImageAxis {
  const values = coord === undefined || coord.dims.length !== 1 ? null : numbers(coord)
  const from = values?.[0] ?? 0
  const to = values?.at(-1) ?? length
  return { name, unit: coord?.unit ?? null, length, from, to: to === from ? from + length : to }
}

function indices(length: number): Float64Array {
  return Float64Array.from({ length }, (_, at) => at)
}

function numbers(variable: Variable): Float64Array {
  return Float64Array.from(variable.values as ArrayLike<number | bigint>, Number)
}
