import { PythonNotationError, parsePyLiteral } from '@beamtime/python-notation'
import type { JsonValue } from '@beamtime/queue-client'

/** The default of a parameter: its Python text, and its value when JSON can carry it. */
export interface DefaultValue {
  readonly text: string
  readonly value: JsonValue | undefined
}

export function defaultValue(text: string | null): DefaultValue | null {
  if (text === null) return null
  try {
    return { text, value: jsonOf(parsePyLiteral(text)) }
  } catch (error) {
    if (error instanceof PythonNotationError) return { text, value: undefined }
    throw error
  }
}

/** Undefined for what JSON has no form for: infinities, integers beyond 2^53, bytes, dicts with other keys than texts. */
function jsonOf(value: unknown): JsonValue | undefined {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined
  if (typeof value !== 'object') return undefined
  if (value instanceof Set) return listOf([...value])
  if (Array.isArray(value)) return listOf(value)
  return Object.getPrototypeOf(value) === Object.prototype ? objectOf(Object.entries(value)) : undefined
}

function listOf(values: readonly unknown[]): JsonValue | undefined {
  const items: JsonValue[] = []
  for (const value of values) {
    const item = jsonOf(value)
    if (item === undefined) return undefined
    items.push(item)
  }
  return items
}

function objectOf(entries: readonly (readonly [string, unknown])[]): JsonValue | undefined {
  const items: [string, JsonValue][] = []
  for (const [key, value] of entries) {
    const item = jsonOf(value)
    if (item === undefined) return undefined
    items.push([key, item])
  }
  return Object.fromEntries(items)
}
