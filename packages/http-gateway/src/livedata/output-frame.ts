import type { LiveNumbers, LiveOutput, LiveVariable } from '@beamtime/live-data/ui-types'
import { encodeArraysFrame, type NamedArray } from '../frames.ts'
import type { FrameStamp } from '../live/channel.ts'

/** An output as arrays: `signal`, `errors`, then the coordinates by their names. An image larger than `maxPixels` is binned by sums. */
export function outputFrame(output: LiveOutput, stamp: FrameStamp, maxPixels: number): Uint8Array {
  const { signal, reduced } = binned(output.signal, maxPixels)
  const errors = reduced === 1 ? output.errors : null
  const arrays = [
    arrayOf('signal', signal, output.signal),
    ...(errors === null ? [] : [arrayOf('errors', errors, errors)]),
    ...Object.entries(output.coords).map(([name, coord]) =>
      arrayOf(name, reduced === 1 ? coord : thinned(coord, reduced, signal), coord),
    ),
  ]
  return encodeArraysFrame({
    subscription: stamp.subscription,
    seq: stamp.seq,
    sourceMs: output.timeMs ?? output.receivedAt,
    sentMs: stamp.sentMs,
    header: {
      kind: 'dataarray',
      title: output.label,
      output: output.output,
      ...(output.signal.unit === null ? {} : { unit: output.signal.unit }),
      ...(output.startTimeMs === null || output.timeMs === null
        ? {}
        : { time: [output.startTimeMs, output.timeMs] as const }),
      ...(reduced === 1 ? {} : { reduced }),
    },
    arrays,
  })
}

function arrayOf(name: string, variable: LiveVariable, { dims, unit }: LiveVariable): NamedArray {
  return {
    name,
    values: sendable(variable.values),
    shape: variable.shape,
    axes: dims,
    ...(unit === null ? {} : { unit }),
  }
}

function sendable(values: LiveNumbers): NamedArray['values'] {
  return values instanceof Int8Array || values instanceof Int16Array ? Int32Array.from(values) : values
}

function binned(
  signal: LiveVariable,
  maxPixels: number,
): { readonly signal: LiveVariable; readonly reduced: number } {
  const [rows = 0, columns = 0] = signal.shape
  if (signal.shape.length !== 2 || rows * columns <= maxPixels) return { signal, reduced: 1 }
  const bin = Math.ceil(Math.sqrt((rows * columns) / maxPixels))
  const [down, across] = [Math.ceil(rows / bin), Math.ceil(columns / bin)]
  const values = new Float64Array(down * across)
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) {
      const at = Math.floor(row / bin) * across + Math.floor(column / bin)
      values[at] = (values[at] ?? 0) + (signal.values[row * columns + column] ?? 0)
    }
  return { signal: { ...signal, shape: [down, across], values }, reduced: bin }
}

/** A coordinate of one axis for binned pixels: every n-th value, and the last edge. */
function thinned(coord: LiveVariable, bin: number, signal: LiveVariable): LiveVariable {
  const axis = signal.dims.indexOf(coord.dims[0] ?? '')
  const length = signal.shape[axis]
  if (length === undefined || coord.shape.length !== 1) return coord
  const isEdges = coord.values.length > length * bin - (bin - 1)
  const wanted = isEdges ? length + 1 : length
  const last = coord.values.length - 1
  const values = Float64Array.from(
    { length: wanted },
    (_, index) => coord.values[Math.min(last, index * bin)] ?? 0,
  )
  return { ...coord, shape: [wanted], values }
}
