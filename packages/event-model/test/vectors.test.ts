import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import {
  createDocumentEncoder,
  decodeDocument,
  EventModelError,
  parseJson,
  toJsonText,
  unixSeconds,
} from '../src/index.ts'

/* Bytes that Python wrote, with what they say. `canonical`: our encoder writes the same bytes. */
const folder = join(import.meta.dirname, 'vectors')
const cases = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.bin'))
  .map((file) => {
    const described = parseJson(readFileSync(join(folder, file.replace(/bin$/, 'json')), 'utf8'))
    return {
      file,
      bytes: readFileSync(join(folder, file)),
      ...(described as { readonly name: string; readonly doc: unknown; readonly canonical: boolean }),
    }
  })

test('there are vectors', () => {
  expect(cases.length).toBeGreaterThanOrEqual(4)
})

describe.each(cases)('$file', ({ bytes, name, doc }) => {
  test('decodes to what is written beside it', () => {
    const [decodedName, decoded] = decodeDocument(bytes)
    expect([decodedName, parseJson(toJsonText(decoded))]).toEqual([name, doc])
  })

  test('no part of it is taken for a document', () => {
    for (let length = 0; length < bytes.length; length++) {
      expect(() => decodeDocument(bytes.subarray(0, length))).toThrow(EventModelError)
    }
  })
})

test.each(cases.filter(({ canonical }) => canonical))('$file is encoded to the same bytes', ({ bytes }) => {
  const encoder = createDocumentEncoder()
  const det = { dtype: 'number', shape: [], source: 's' } as const
  encoder.encode(['descriptor', { uid: 'd', run_start: 'r', time: unixSeconds(1), data_keys: { det } }])
  expect(Buffer.from(encoder.encode(decodeDocument(bytes))).toString('hex')).toBe(bytes.toString('hex'))
})
