import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { bindArguments, parsePyLiteral, pyPrettyRepr, pyRepr, type BindParameter } from '../src/index.ts'

function vectors<T>(name: string): { source: string; cases: T[] } {
  const path = new URL(`vectors/${name}.json`, import.meta.url)
  return JSON.parse(readFileSync(path, 'utf8')) as { source: string; cases: T[] }
}

describe('literals written by CPython', () => {
  const { cases } = vectors<{ text: string; repr: string }>('literals')
  test.each(cases)('$text reads and prints as CPython does', ({ text, repr }) => {
    expect(pyRepr(parsePyLiteral(text, { floats: 'marked' }))).toBe(repr)
    expect(pyRepr(parsePyLiteral(repr, { floats: 'marked' }))).toBe(repr)
  })
})

describe('pretty printing', () => {
  const { cases } = vectors<{ json: string; pformat: string; width40: string }>('pretty')
  test.each(cases)('$json', ({ json, pformat, width40 }) => {
    const value: unknown = JSON.parse(json)
    expect(pyPrettyRepr(value)).toBe(pformat)
    expect(pyPrettyRepr(value, 40)).toBe(width40)
  })
})

test('arguments bind, and fail to bind, as inspect.Signature.bind says', () => {
  type Case = {
    parameters: BindParameter[]
    args: unknown[]
    kwargs: Record<string, unknown>
    bound?: Record<string, unknown>
    reason?: string
  }
  for (const { parameters, args, kwargs, bound, reason } of vectors<Case>('bind').cases) {
    const result = bindArguments(parameters, args, kwargs)
    const got = result.ok ? { bound: Object.fromEntries(result.bound) } : { reason: result.reason }
    expect(got).toEqual(bound === undefined ? { reason } : { bound })
  }
})
