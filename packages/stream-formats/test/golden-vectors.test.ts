import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeMessage, schemas, StreamFormatError, type SchemaId } from '../src/index.ts'

const folder = join(import.meta.dirname, 'vectors')
interface Vector {
  readonly schema: SchemaId
  readonly value: Readonly<Record<string, unknown>>
}

/** Bigint as text with an n, vectors as lists: what stands in the JSON beside a vector. */
function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return `${value}n`
  if (ArrayBuffer.isView(value)) return Array.from(value as unknown as ArrayLike<unknown>, plain)
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plain(each)]))
  return value
}

const cases = readdirSync(folder)
  .filter((name) => name.endsWith('.bin'))
  .map((name) => name.slice(0, -4))

describe.each(cases)('the vector %s', (name) => {
  const bytes = new Uint8Array(readFileSync(join(folder, `${name}.bin`)))
  const vector = JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as Vector

  test('decodes to the fields that its writer was given', () => {
    const message = decodeMessage(bytes)
    expect(message.id).toBe(vector.schema)
    expect(plain(message.value)).toMatchObject(vector.value)
  })

  test.each([1, 2, 3, 4, 5, 6, 7])(
    'decodes equally when it lies %i bytes off an aligned address',
    (offset) => {
      const shifted = new Uint8Array(bytes.length + 8)
      shifted.set(bytes, offset)
      const expected = plain(decodeMessage(bytes).value)
      const view = shifted.subarray(offset, offset + bytes.length)
      expect(plain(decodeMessage(view).value)).toEqual(expected)
      // What Kafka clients hand out; its `slice` copies nothing.
      const buffer = Buffer.from(shifted.buffer, offset, bytes.length)
      expect(plain(decodeMessage(buffer).value)).toEqual(expected)
    },
  )

  test('what we write of it decodes to the same', () => {
    const { value } = decodeMessage(bytes)
    const again = schemas[vector.schema].encode(value as never)
    expect(plain(decodeMessage(again).value)).toEqual(plain(value))
  })

  test('changed and cut bytes decode to something or are refused, and nothing else', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 }),
        fc.nat(bytes.length),
        (changes, length) => {
          const mutated = bytes.slice(0, length)
          for (const [at, value] of changes) if (at >= 8 && at < mutated.length) mutated[at] = value
          try {
            decodeMessage(mutated)
          } catch (error) {
            expect(error).toBeInstanceOf(StreamFormatError)
          }
        },
      ),
      { numRuns: 400 },
    )
  })
})

const real = join(import.meta.dirname, '..', '..', '..', '..', 'shared', 'data', 'ess-flatbuffers')
const messages = existsSync(real) ? readdirSync(real).filter((name) => name.endsWith('.bin')) : []

test.skipIf(messages.length === 0)(
  'messages of other implementations decode (skipped: shared/data/ess-flatbuffers is not beside the repository)',
  () => {
    for (const name of messages) {
      const message = decodeMessage(new Uint8Array(readFileSync(join(real, name))))
      expect(message.id).toBe(name.slice(0, -4))
    }
  },
)
