import type { DataArray, Variable } from '../data/data-array.ts'
import { decodeDataArray } from '../data/da00-result.ts'
import type { LiveNumbers, LiveOutput, LiveVariable } from '../ui-types.ts'
import type { ResultKey } from './result-key.ts'

/** A result as it came. */
export interface ReceivedResult {
  readonly result: ResultKey
  readonly value: Uint8Array
  readonly receivedMs: number
  readonly sequence: number
}

/** A result as pages take it. Throws STREAM_MESSAGE_MALFORMED or LIVEDATA_MESSAGE_WRONG. */
export function liveOutput({ result, value, receivedMs, sequence }: ReceivedResult): LiveOutput {
  const { array } = decodeDataArray(value)
  const { start_time: start, time, end_time: end, ...coords } = array.coords
  // A series carries its own times; only a single one is the time of the result.
  const own = time !== undefined && time.dims.length > 0 ? { time } : {}
  const errors =
    array.variances === undefined ? null : { ...array.signal, values: array.variances.map(Math.sqrt) }
  return {
    key: result.key,
    workflow: result.workflow,
    source: result.source,
    jobNumber: result.jobNumber,
    output: result.output,
    label: array.label,
    signal: liveVariable(array.signal),
    errors: errors === null ? null : liveVariable(errors),
    coords: Object.fromEntries(
      Object.entries({ ...coords, ...own }).map(([name, coord]) => [name, liveVariable(coord)]),
    ),
    startTimeMs: instantOf(start),
    timeMs: instantOf(time) ?? instantOf(end),
    receivedAt: receivedMs,
    sequence,
  }
}

/** One number and its time, where the result is one. */
export function instantValue(array: DataArray): { readonly timeMs: number; readonly value: number } | null {
  const timeMs = instantOf(array.coords['time']) ?? instantOf(array.coords['end_time'])
  if (array.signal.dims.length > 0 || timeMs === null) return null
  return { timeMs, value: Number(array.signal.values[0] ?? Number.NaN) }
}

/** Samples of a series with their own times. */
export function seriesValues(
  array: DataArray,
): { readonly times: Float64Array; readonly values: Float64Array } | null {
  const time = array.coords['time']
  if (time === undefined || time.dims.length !== 1 || array.signal.dims.length !== 1) return null
  return { times: milliseconds(time), values: floats(array.signal) }
}

function liveVariable(variable: Variable): LiveVariable {
  const { dims, shape, unit } = variable
  const isTime = unit === 'datetime64[ns]'
  return {
    dims,
    shape,
    unit: isTime ? 'ms' : unit,
    values: isTime ? milliseconds(variable) : numbersOf(variable),
  }
}

function numbersOf({ values }: Variable): LiveNumbers {
  return values instanceof BigInt64Array || values instanceof BigUint64Array
    ? Float64Array.from(values as ArrayLike<bigint>, Number)
    : values
}

function floats({ values }: Variable): Float64Array {
  return values instanceof Float64Array
    ? values
    : Float64Array.from(values as ArrayLike<number | bigint>, Number)
}

function milliseconds({ values }: Variable): Float64Array {
  return Float64Array.from(values as ArrayLike<number | bigint>, (value) => Number(value) / 1e6)
}

function instantOf(variable: Variable | undefined): number | null {
  if (variable === undefined || variable.dims.length > 0) return null
  const [value] = variable.values
  return value === undefined ? null : Number(value) / 1e6
}
