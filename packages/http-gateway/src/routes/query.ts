import { badRequest } from '../error.ts'

export type Query = Readonly<Record<string, unknown>>

/** A text of the query; absent and empty are null. A key given twice counts with its last value. */
export function textOf(query: Query, name: string): string | null {
  const value = query[name]
  const last: unknown = Array.isArray(value) ? value.at(-1) : value
  return typeof last === 'string' && last !== '' ? last : null
}

/** A whole number within bounds, or the default. Throws 400. */
export function integerOf(
  query: Query,
  name: string,
  bounds: { readonly default: number; readonly min: number; readonly max: number },
): number {
  const text = textOf(query, name)
  if (text === null) return bounds.default
  const value = Number(text)
  if (!Number.isInteger(value) || value < bounds.min)
    throw badRequest(`'${name}' must be a whole number from ${bounds.min} to ${bounds.max}, not '${text}'`)
  return Math.min(value, bounds.max)
}

/** Unix seconds from a number or an ISO date; null when absent. Throws 400. */
export function timeOf(query: Query, name: string): number | null {
  const text = textOf(query, name)
  if (text === null) return null
  const seconds = /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : Date.parse(text) / 1_000
  if (Number.isFinite(seconds)) return seconds
  throw badRequest(`'${name}' must be Unix seconds or a date such as 2026-11-21, not '${text}'`)
}

export function flagOf(query: Query, name: string): boolean {
  const text = textOf(query, name)
  return text === '1' || text === 'true'
}
