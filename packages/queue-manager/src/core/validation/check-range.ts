import { PythonFloat, pyRepr } from '@beamtime/python-notation'
import { isPlainObject } from '../plain-object.ts'

export interface Range {
  readonly min: number | null
  readonly max: number | null
}

/** The first number anywhere in the value that lies outside of the range, as the text of a refusal; null = none. */
export function outOfRange(value: unknown, range: Range): string | null {
  if (range.min === null && range.max === null) return null
  const found = findOutside(value, range)
  if (found === null) return null
  const bounds = `[${range.min === null ? '-inf' : pyRepr(range.min)}, ${range.max === null ? 'inf' : pyRepr(range.max)}]`
  return `Value ${pyRepr(found)} is out of range ${bounds}`
}

function findOutside(value: unknown, range: Range): unknown {
  if (Array.isArray(value)) return firstOutside(value, range)
  if (isPlainObject(value)) return firstOutside(Object.values(value), range)
  const number = numberIn(value)
  if (number === null) return null
  const outside = (range.min !== null && number < range.min) || (range.max !== null && number > range.max)
  return outside ? value : null
}

function firstOutside(items: readonly unknown[], range: Range): unknown {
  for (const item of items) {
    const found = findOutside(item, range)
    if (found !== null) return found
  }
  return null
}

/** Booleans count as 0 and 1, as Python has it. */
function numberIn(value: unknown): number | null {
  if (typeof value === 'number') return value
  if (typeof value === 'boolean') return Number(value)
  if (typeof value === 'bigint') return Number(value)
  return value instanceof PythonFloat ? value.value : null
}
