import {
  da00,
  decodeVariable,
  encodeVariable,
  type DataArrayVariable,
  type NumberVector,
} from '@beamtime/stream-formats'
import { LiveDataError } from '../error.ts'
import type { DataArray, Variable } from './data-array.ts'

export interface NamedArray {
  readonly sourceName: string
  readonly timestampNs: bigint
  readonly array: DataArray
}

/** Writes a result: signal first, errors where there are variances, then the coordinates. */
export function encodeDataArray({ sourceName, timestampNs, array }: NamedArray): Uint8Array {
  const data = [encodeVariable(wireVariable('signal', array.signal, array.label === '' ? null : array.label))]
  if (array.variances !== undefined) {
    const errors = { ...array.signal, values: array.variances.map((value) => Math.sqrt(value)) }
    data.push(encodeVariable(wireVariable('errors', errors, null)))
  }
  for (const [name, coord] of Object.entries(array.coords))
    data.push(encodeVariable(wireVariable(name, coord, null)))
  return da00.encode({ source_name: sourceName, timestamp: timestampNs, data })
}

/** Reads a data array. Throws STREAM_MESSAGE_MALFORMED, or LIVEDATA_MESSAGE_WRONG when it has no numeric signal. */
export function decodeDataArray(bytes: Uint8Array): NamedArray {
  const wire = da00.decode(bytes)
  let signal: DataArrayVariable | undefined
  let errors: DataArrayVariable | undefined
  const coords: Record<string, Variable> = {}
  for (const raw of wire.data) {
    const variable = decodeVariable(raw)
    if (variable.name === 'signal') signal = variable
    else if (variable.name === 'errors') errors = variable
    else if (variable.data.kind === 'numbers') coords[variable.name] = ownVariable(variable)
  }
  if (signal === undefined || signal.data.kind !== 'numbers')
    throw messageWrong(`the data array of ${wire.source_name} has no numeric signal`)
  const own = ownVariable(signal)
  const variances = errors === undefined ? undefined : squares(errors, own)
  return {
    sourceName: wire.source_name,
    timestampNs: wire.timestamp,
    array: {
      label: signal.label ?? '',
      signal: own,
      coords,
      ...(variances === undefined ? {} : { variances }),
    },
  }
}

export function messageWrong(message: string): LiveDataError {
  return new LiveDataError({
    code: 'LIVEDATA_MESSAGE_WRONG',
    message,
    fault: 'peer',
    remedy: 'correct the program that sent it; the message is dropped and counted',
  })
}

// oxlint-disable-next-line max-params -- name, content, title
function wireVariable(name: string, variable: Variable, label: string | null): DataArrayVariable {
  const { dims, shape, unit, values } = variable
  return { name, unit, label, axes: dims, shape, data: { kind: 'numbers', values } }
}

function ownVariable(variable: DataArrayVariable): Variable {
  const values: NumberVector = variable.data.kind === 'numbers' ? variable.data.values : new Float64Array(0)
  return { dims: variable.axes, shape: variable.shape, unit: variable.unit, values }
}

function squares(errors: DataArrayVariable, signal: Variable): Float64Array | undefined {
  if (errors.data.kind !== 'numbers' || errors.data.values.length !== signal.values.length) return undefined
  return Float64Array.from(errors.data.values as ArrayLike<number | bigint>, (value) => Number(value) ** 2)
}
