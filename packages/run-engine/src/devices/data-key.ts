import { isNumericArray, NdArray, type DataKey, type Dtype } from '@beamtime/event-model'

/** dtype of a value, as the Python devices derive it: a boolean counts as integer. */
function dtypeOf(value: unknown): Dtype {
  switch (typeof value) {
    case 'number':
      return Number.isInteger(value) ? 'integer' : 'number'
    case 'boolean':
    case 'bigint':
      return 'integer'
    case 'string':
      return 'string'
    case 'object':
    case 'undefined':
    case 'function':
    case 'symbol':
      return 'array'
  }
}

/** Shape of a value: [] for a scalar, the lengths of nested lists and of n-dimensional arrays. */
function shapeOf(value: unknown): readonly number[] {
  if (value instanceof NdArray) return value.shape
  if (isNumericArray(value)) return [value.length]
  if (Array.isArray(value)) return [value.length, ...shapeOf(value[0])]
  return []
}

/** The data key of a value of a simulated device. */
export function dataKeyOf(key: string, value: unknown): DataKey {
  return { source: `SIM:${key}`, dtype: dtypeOf(value), shape: shapeOf(value) }
}
