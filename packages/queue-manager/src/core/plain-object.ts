import { PythonFloat } from '@beamtime/python-notation'

export type PlainObject = Readonly<Record<string, unknown>>

/** What JSON calls an object. A marked float is an object to JavaScript only. */
export function isPlainObject(value: unknown): value is PlainObject {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof PythonFloat) &&
    !(value instanceof Uint8Array)
  )
}

/** Python's `int`: a whole number that was not written as a float, and not a boolean. */
export function isInteger(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value)
}

/** Equal as JSON values: order of keys does not matter, `1` and `1.0` are equal as in Python. */
export function isEqualJson(a: unknown, b: unknown): boolean {
  const left = a instanceof PythonFloat ? a.value : a
  const right = b instanceof PythonFloat ? b.value : b
  if (left === right) return true
  if (Array.isArray(left) && Array.isArray(right)) {
    return left.length === right.length && left.every((item, index) => isEqualJson(item, right[index]))
  }
  if (!isPlainObject(left) || !isPlainObject(right)) return Object.is(left, right)
  const keys = Object.keys(left)
  if (keys.length !== Object.keys(right).length) return false
  return keys.every((key) => Object.hasOwn(right, key) && isEqualJson(left[key], right[key]))
}
