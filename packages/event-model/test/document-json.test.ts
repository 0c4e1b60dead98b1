import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  documentFromJson,
  documentToJson,
  EventModelError,
  NdArray,
  parseJson,
  unixSeconds,
} from '../src/index.ts'

const t = unixSeconds(1)

test('a document is one line of name and doc', () => {
  expect(documentToJson(['start', { uid: 'u', time: t }])).toBe('{"name":"start","doc":{"uid":"u","time":1}}')
})

test('arrays become lists, bytes base64, big integers digits, NaN null', () => {
  const line = documentToJson([
    'start',
    {
      uid: 'u',
      time: t,
      a: new NdArray('<i4', [1, 2], Int32Array.of(1, 2)),
      b: Buffer.from('hi'),
      c: 2n ** 60n,
      d: NaN,
      e: BigInt64Array.of(1n),
    },
  ])
  expect(line).toContain('"a":[[1,2]],"b":"aGk=","c":1152921504606846976,"d":null,"e":[1]')
})

test('both forms are read', () => {
  expect(documentFromJson('{"name":"start","doc":{"uid":"u","time":1}}')).toEqual([
    'start',
    { uid: 'u', time: 1 },
  ])
  expect(documentFromJson('["start",{"uid":"u","time":1}]')).toEqual(['start', { uid: 'u', time: 1 }])
})

test("Python's NaN, Infinity and long integers are understood, also inside texts that contain those words", () => {
  const text = '{"a":NaN,"b":[-Infinity,Infinity],"c":"NaN \\" Infinity","d":12345678901234567890}'
  expect(parseJson(text)).toEqual({
    a: NaN,
    b: [-Infinity, Infinity],
    c: 'NaN " Infinity',
    d: 12345678901234567890n,
  })
})

test('what is not JSON is malformed', () => {
  for (const text of ['', '{', '{"a":NaN', 'nope']) {
    expect(() => documentFromJson(text)).toThrow(expect.objectContaining({ code: 'EVENT_MODEL_MALFORMED' }))
  }
})

test('any JSON metadata comes back equal', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const line = documentToJson(['start', { uid: 'u', time: t, value }])
      expect(JSON.parse(documentToJson(documentFromJson(line, { validate: false })))).toEqual(
        JSON.parse(line),
      )
    }),
  )
})

test('mutated text gives a document or an EventModelError', () => {
  const line = documentToJson(['stop', { uid: 'u', time: t, run_start: 'r', exit_status: 'success' }])
  fc.assert(
    fc.property(fc.nat({ max: line.length - 1 }), fc.string({ maxLength: 3 }), (at, insert) => {
      try {
        documentFromJson(line.slice(0, at) + insert + line.slice(at + 1))
      } catch (error) {
        expect(error).toBeInstanceOf(EventModelError)
      }
    }),
    { numRuns: 2000 },
  )
})
