import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parsePyLiteral, pyRepr, PythonFloat, PythonNotationError } from '../src/index.ts'

describe('values', () => {
  test('a dict with other than string keys becomes a map', () => {
    expect(parsePyLiteral("{1: 'a', 2: 'b'}")).toEqual(
      new Map([
        [1, 'a'],
        [2, 'b'],
      ]),
    )
  })

  test('tuples are arrays, with or without parentheses', () => {
    expect(parsePyLiteral('(1, 2)')).toEqual([1, 2])
    expect(parsePyLiteral('(1,)')).toEqual([1])
    expect(parsePyLiteral('()')).toEqual([])
    expect(parsePyLiteral('(1)')).toBe(1)
    expect(parsePyLiteral('1, 2')).toEqual([1, 2])
  })

  test('a whole float stays a float when asked and keeps its point in JSON', () => {
    const value = parsePyLiteral('[1.0, 1, 1e3]', { floats: 'marked' })
    expect(value).toEqual([new PythonFloat(1), 1, new PythonFloat(1000)])
    expect(JSON.stringify(value)).toBe('[1.0,1,1000.0]')
    expect(parsePyLiteral('[1.0, 1, 1e3]')).toEqual([1, 1, 1000])
  })

  test('a key named __proto__ is an ordinary key', () => {
    const value = parsePyLiteral("{'__proto__': 1}")
    expect(Object.keys(value as object)).toEqual(['__proto__'])
  })
})

describe('refusals', () => {
  test.each([
    '',
    'x',
    'f()',
    '[1',
    '1 +',
    "'abc",
    '1 2',
    '{1: 2',
    '[,]',
    '01',
    '1__0',
    '0xg',
    '1+2j',
    '{[1: 2}',
    '-[1]',
    'lambda: 1',
    "f'{x}'",
    '{{}: 1}',
    '**',
    "'\\x1'",
    '\u0000',
  ])('%j is not a literal', (text) => {
    expect(() => parsePyLiteral(text)).toThrow(PythonNotationError)
  })

  test('brackets that nest too deep are refused, not a stack overflow', () => {
    expect(() => parsePyLiteral('['.repeat(100_000))).toThrow(/PYTHON_NESTING_TOO_DEEP/)
    expect(() => parsePyLiteral('-'.repeat(100_000))).toThrow(/PYTHON_NESTING_TOO_DEEP/)
  })
})

describe('properties', () => {
  test('what pyRepr prints of a JSON value reads back and prints the same', () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
        const normal: unknown = JSON.parse(JSON.stringify(value))
        const text = pyRepr(normal)
        expect(pyRepr(parsePyLiteral(text, { floats: 'marked' }))).toBe(text)
      }),
      { numRuns: 500 },
    )
  })

  test('any text and any mutated literal either parses or throws the error of this package', () => {
    const seeds = ["{'a': [1, 2.5, None], \"b\": (True, b'x')}", "[r'\\d', '\\u1234', -1e-5, {1, 2}]"]
    const mutated = fc
      .tuple(
        fc.constantFrom(...seeds),
        fc.array(fc.tuple(fc.nat(60), fc.string({ maxLength: 3 })), { maxLength: 4 }),
      )
      .map(([seed, edits]) =>
        edits.reduce((text, [at, put]) => text.slice(0, at) + put + text.slice(at + 1), seed),
      )
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), mutated), (text) => {
        try {
          parsePyLiteral(text)
        } catch (error) {
          expect(error).toBeInstanceOf(PythonNotationError)
        }
      }),
      { numRuns: 3000 },
    )
  })
})
