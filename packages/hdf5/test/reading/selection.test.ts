import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseSelection, resolveSelection } from '../../src/reading/selection.ts'
import { parts } from '../../src/reading/statistics.ts'

test('an index takes its dimension away, a range keeps it', () => {
  expect(resolveSelection([10, 20, 30], [3, { start: 5, stop: 15, step: 4 }])).toEqual({
    start: [3, 5, 0],
    count: [1, 3, 30],
    step: [1, 4, 1],
    shape: [3, 30],
    elements: 90,
  })
})

test('negative numbers count from the end and bounds outside are cut, as Python has it', () => {
  expect(resolveSelection([10], [-1])).toMatchObject({ start: [9], shape: [] })
  expect(resolveSelection([10], [{ start: -3, stop: 99 }])).toMatchObject({ start: [7], count: [3] })
  expect(resolveSelection([10], [{ start: 8, stop: 3 }])).toMatchObject({ count: [0], elements: 0 })
})

test.each([
  [[4], [4]],
  [[4], [-5]],
  [[4], [0, 0]],
  [[4], [{ step: 0 }]],
  [[4], [{ step: -1 }]],
  [[4], [0.5]],
])('of a shape %j the selection %j is refused', (shape, selection) => {
  expect(() => resolveSelection(shape, selection)).toThrow('HDF5_SELECTION_WRONG')
})

test('the text of an address becomes a selection', () => {
  expect(parseSelection('12,:,0:100')).toEqual([12, {}, { start: 0, stop: 100 }])
  expect(parseSelection('::2, -3:')).toEqual([{ step: 2 }, { start: -3 }])
  expect(parseSelection('')).toEqual([])
  for (const bad of ['a', '1,,2', '1:2:3:4', '1e3', '0x10', '9999999999999999'])
    expect(() => parseSelection(bad), bad).toThrow('HDF5_SELECTION_WRONG')
})

test('arbitrary text is a selection or is refused', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[0-9:,-]{0,20}$/)), (text) => {
      try {
        const resolved = resolveSelection([7, 5], parseSelection(text))
        expect(resolved.elements).toBeLessThanOrEqual(35)
      } catch (error) {
        expect(error).toMatchObject({ code: 'HDF5_SELECTION_WRONG' })
      }
    }),
    { numRuns: 500 },
  )
})

test('a selection cut into parts covers every element once', () => {
  const dimension = fc.record({
    length: fc.integer({ min: 1, max: 9 }),
    step: fc.integer({ min: 1, max: 4 }),
  })
  fc.assert(
    fc.property(fc.array(dimension, { maxLength: 4 }), fc.integer({ min: 1, max: 40 }), (dims, most) => {
      const shape = dims.map(({ length }) => length)
      const whole = resolveSelection(
        shape,
        dims.map(({ step }) => ({ step })),
      )
      let elements = 0
      for (const part of parts(whole, most)) {
        const resolved = resolveSelection(shape, part)
        expect(resolved.elements).toBeLessThanOrEqual(most)
        expect(resolved.start.every((start, at) => start % (dims[at]?.step ?? 1) === 0)).toBe(true)
        elements += resolved.elements
      }
      expect(elements).toBe(whole.elements)
    }),
    { numRuns: 300 },
  )
})
