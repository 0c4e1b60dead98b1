/** Typed arrays that have a numpy dtype. A `Buffer` is not one of them: it stands for bytes. */
export type NumericArray =
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array
  | Float32Array
  | Float64Array

/** An array of more than one dimension, or one whose dtype a typed array cannot tell (bool, datetime). C order. */
export class NdArray {
  /** numpy dtype code, e.g. '<f8', '|b1', '<M8[ns]'. Always little endian or one byte. */
  readonly dtype: string
  readonly shape: readonly number[]
  readonly data: NumericArray

  constructor(dtype: string, shape: readonly number[], data: NumericArray) {
    this.dtype = dtype
    this.shape = shape
    this.data = data
  }

  /** Number of rows: the length of the first axis. */
  get length(): number {
    return this.shape[0] ?? 0
  }

  /** Row i along the first axis, sharing memory: a value, a typed array or a smaller NdArray. */
  at(row: number): unknown {
    const rest = this.shape.slice(1)
    const size = rest.reduce((product, n) => product * n, 1)
    if (rest.length === 0) return this.#value(row)
    const part = this.data.subarray(row * size, (row + 1) * size)
    return rest.length === 1 && !this.dtype.startsWith('|b') && !/[mM]/.test(this.dtype)
      ? part
      : new NdArray(this.dtype, rest, part)
  }

  #value(index: number): unknown {
    const value = this.data[index]
    return this.dtype.startsWith('|b') ? value !== 0 : value
  }

  /** Nested lists, as JSON shows it. */
  toLists(): unknown {
    if (this.shape.length === 0) return this.#value(0)
    const build = (axis: number, offset: number, stride: number): unknown[] => {
      const n = this.shape[axis] ?? 0
      if (axis === this.shape.length - 1) return Array.from({ length: n }, (_, i) => this.#value(offset + i))
      const inner = n === 0 ? 0 : stride / n
      return Array.from({ length: n }, (_, i) => build(axis + 1, offset + i * inner, inner))
    }
    return build(0, 0, this.data.length)
  }

  toJSON(): unknown {
    return this.toLists()
  }
}

/** A complex number, as numpy and Python write it. */
export class Complex {
  readonly re: number
  readonly im: number

  constructor(re: number, im: number) {
    this.re = re
    this.im = im
  }

  /** Python's repr, e.g. '(1+2j)'. */
  toString(): string {
    const im = `${digits(this.im)}j`
    if (Object.is(this.re, 0)) return im
    return `(${digits(this.re)}${im.startsWith('-') ? '' : '+'}${im})`
  }

  toJSON(): string {
    return this.toString()
  }
}

function digits(value: number): string {
  if (Number.isFinite(value)) return Object.is(value, -0) ? '-0' : String(value)
  return Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf'
}

/** True for what counts as an array in a schema: lists, typed arrays, NdArray; not for bytes (`Buffer`). */
export function isListLike(value: unknown): value is readonly unknown[] | NumericArray | NdArray {
  if (Array.isArray(value)) return true
  if (typeof value !== 'object' || value === null) return false
  return isNumericArray(value) || value instanceof NdArray
}

/** True for a typed array with a numpy dtype; false for `Buffer` (bytes) and DataView. */
export function isNumericArray(value: unknown): value is NumericArray {
  return ArrayBuffer.isView(value) && !(value instanceof DataView) && !Buffer.isBuffer(value)
}
