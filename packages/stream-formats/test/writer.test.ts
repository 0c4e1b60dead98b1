import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  decodeAreaImage,
  decodeVariable,
  encodeAreaImage,
  encodeVariable,
  ev44,
  StreamFormatError,
} from '../src/index.ts'

const event = {
  time: fc.integer({ min: 0, max: 2 ** 31 - 1 }),
  pixel: fc.integer({ min: 0, max: 2 ** 31 - 1 }),
}

test('events come back as they were written, as views of an aligned message', () => {
  fc.assert(
    fc.property(
      fc.string(),
      fc.array(fc.record(event), { maxLength: 300 }),
      fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }),
      (name, events, at) => {
        const value = {
          source_name: name,
          message_id: 3n,
          reference_time: BigInt64Array.of(at),
          reference_time_index: Int32Array.of(0),
          time_of_flight: Int32Array.from(events, ({ time }) => time),
          pixel_id: Int32Array.from(events, ({ pixel }) => pixel),
        }
        const bytes = ev44.encode(value)
        const back = ev44.decode(bytes)
        expect(back).toEqual(value)
        if (events.length > 0) expect(back.pixel_id.buffer).toBe(bytes.buffer)
      },
    ),
  )
})

test('a required field that is missing is refused when writing and when reading', () => {
  expect(() => ev44.encode({ source_name: 'a' })).toThrow(StreamFormatError)
})

test('a variable keeps its type, shape, unit and text', () => {
  const signal = {
    name: 'signal',
    unit: 'counts',
    label: null,
    axes: ['y', 'x'],
    shape: [2, 3],
    data: { kind: 'numbers', values: Float32Array.of(1, 2, 3, 4, 5, 6) },
  } as const
  expect(decodeVariable(encodeVariable(signal))).toEqual(signal)
  const text = {
    name: 'mode',
    unit: null,
    label: null,
    axes: [],
    shape: [],
    data: { kind: 'text', text: 'größe' },
  } as const
  expect(decodeVariable(encodeVariable(text))).toEqual(text)
})

test('a variable whose shape does not fit its bytes is refused', () => {
  const wire = encodeVariable({
    name: 'x',
    unit: null,
    label: null,
    axes: ['x'],
    shape: [3],
    data: { kind: 'numbers', values: Int32Array.of(1, 2) },
  })
  expect(() => decodeVariable(wire)).toThrow(/2 elements for the shape 3/)
})

test('an image keeps its pixels', () => {
  const image = {
    source_name: 'cam',
    id: 4,
    timestamp: 5n,
    shape: [2, 2],
    values: Uint16Array.of(1, 2, 3, 65_535),
  }
  expect(decodeAreaImage(encodeAreaImage(image))).toEqual(image)
})
