import { bytesOfNumbers, checkShape, elementTypes, numbersOf, textType, typeIndexOf } from './element-type.ts'
import { malformed } from './error.ts'
import type { NumberVector } from './flatbuffers/field.ts'
import type { Decoded } from './flatbuffers/schema.ts'
import type { da00 } from './schemas/da00.ts'

export type VariableValues =
  | { readonly kind: 'numbers'; readonly values: NumberVector }
  | { readonly kind: 'text'; readonly text: string }

/** One variable of a da00 message with its values as numbers. */
export interface DataArrayVariable {
  readonly name: string
  /** Absent unit = an index; `dimensionless` is a unit. */
  readonly unit: string | null
  readonly label: string | null
  readonly axes: readonly string[]
  /** Length per axis, slowest first; [] for a scalar. */
  readonly shape: readonly number[]
  readonly data: VariableValues
}

type WireVariable = Decoded<typeof da00>['data'][number]

/** Gives the values their type and checks the shape. Throws STREAM_MESSAGE_MALFORMED. */
export function decodeVariable(wire: WireVariable): DataArrayVariable {
  const { name, unit, label, axes } = wire
  if (wire.data_type === textType) {
    return {
      name,
      unit,
      label,
      axes,
      shape: [],
      data: { kind: 'text', text: new TextDecoder().decode(wire.data) },
    }
  }
  const type = elementTypes[wire.data_type - 1]
  if (type === undefined) throw malformed(`${name} has the unknown data type ${wire.data_type}`)
  const values = numbersOf(wire.data, type)
  if (axes.length > 0 && axes.length !== wire.shape.length)
    throw malformed(`${name} has ${axes.length} axes and ${wire.shape.length} lengths`)
  const shape = axes.length === 0 && values.length === 1 ? [] : checkShape(wire.shape, values.length, name)
  return { name, unit, label, axes, shape, data: { kind: 'numbers', values } }
}

/** The form that the da00 schema writes. */
export function encodeVariable(variable: DataArrayVariable): WireVariable {
  const { name, unit, label, axes, shape, data } = variable
  const wireShape = BigInt64Array.from(shape, BigInt)
  if (data.kind === 'text') {
    const bytes = new TextEncoder().encode(data.text)
    return { name, unit, label, source: null, data_type: textType, axes, shape: wireShape, data: bytes }
  }
  const type = typeIndexOf(data.values) + 1
  return {
    name,
    unit,
    label,
    source: null,
    data_type: type,
    axes,
    shape: wireShape,
    data: bytesOfNumbers(data.values),
  }
}
