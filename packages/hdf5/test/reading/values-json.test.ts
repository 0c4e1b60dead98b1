import { expect, test } from 'vitest'
import { valuesToJson } from '../../src/index.ts'

test('values nest as their shape says, or are one flat list', () => {
  const values = { kind: 'numbers', shape: [2, 3], data: Int16Array.of(1, 2, 3, 4, 5, 6) } as const
  expect(valuesToJson(values)).toBe('[[1,2,3],[4,5,6]]')
  expect(valuesToJson(values, { flatten: true })).toBe('[1,2,3,4,5,6]')
})

test('a scalar is no list, an empty dimension is an empty one', () => {
  expect(valuesToJson({ kind: 'numbers', shape: [], data: Float64Array.of(3.5) })).toBe('3.5')
  expect(valuesToJson({ kind: 'numbers', shape: [], data: Float64Array.of(3.5) }, { flatten: true })).toBe(
    '3.5',
  )
  expect(valuesToJson({ kind: 'numbers', shape: [2, 0], data: new Uint8Array() })).toBe('[[],[]]')
  expect(valuesToJson({ kind: 'empty', shape: null })).toBe('null')
})

test('64-bit integers keep their digits, what JSON does not know is null', () => {
  expect(valuesToJson({ kind: 'numbers', shape: [1], data: BigInt64Array.of(2n ** 62n + 1n) })).toBe(
    '[4611686018427387905]',
  )
  expect(valuesToJson({ kind: 'numbers', shape: [2], data: Float32Array.of(Number.NaN, Infinity) })).toBe(
    '[null,null]',
  )
})

test('compounds and texts', () => {
  const data = [
    [1n, 'a"b', [1, 2]],
    [2n, '', []],
  ]
  expect(valuesToJson({ kind: 'values', shape: [2], data })).toBe('[[1,"a\\"b",[1,2]],[2,"",[]]]')
})
