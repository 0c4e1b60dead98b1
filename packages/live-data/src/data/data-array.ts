import type { NumberVector } from '@beamtime/stream-formats'

/** Numbers over named dimensions, slowest first; no dimensions = one number. */
export interface Variable {
  readonly dims: readonly string[]
  readonly shape: readonly number[]
  /** null = no unit (an index), which is not `dimensionless`. */
  readonly unit: string | null
  readonly values: NumberVector
}

/** A result: values with what their axes mean. An axis whose coordinate is one longer is binned. */
export interface DataArray {
  /** Title for people. */
  readonly label: string
  readonly signal: Variable
  /** Square roots are sent as `errors`. */
  readonly variances?: Float64Array
  readonly coords: Readonly<Record<string, Variable>>
}

export function scalar(value: number, unit: string | null): Variable {
  return { dims: [], shape: [], unit, values: Float64Array.of(value) }
}

/** A time in ns as results carry it. */
export function nanoseconds(value: bigint): Variable {
  return { dims: [], shape: [], unit: 'ns', values: BigInt64Array.of(value) }
}

export function vector(dim: string, values: NumberVector, unit: string | null): Variable {
  return { dims: [dim], shape: [values.length], unit, values }
}

export function productOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1)
}
