import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  createDocumentFrameReader,
  encodeDocumentAnswer,
  maxDocumentBytes,
  type DocumentFrame,
} from '../../src/python-engine/document-frames.ts'

function frame(number: number, payload: Uint8Array): Buffer {
  const header = Buffer.alloc(8)
  header.writeUInt32BE(number, 0)
  header.writeUInt32BE(payload.length, 4)
  return Buffer.concat([header, payload])
}

const plain = (frames: readonly DocumentFrame[]): unknown[] =>
  frames.map(({ number, payload }) => [number, [...payload]])

test('frames come out whole however the bytes are cut', () => {
  fc.assert(
    fc.property(
      fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 8 }),
      fc.array(fc.nat(60), { maxLength: 20 }),
      (payloads, cuts) => {
        const bytes = Buffer.concat(payloads.map((payload, number) => frame(number, payload)))
        const reader = createDocumentFrameReader()
        const found: DocumentFrame[] = []
        let from = 0
        for (const cut of [...cuts, bytes.length]) {
          const to = Math.min(bytes.length, from + cut)
          found.push(...(reader.push(bytes.subarray(from, to)) ?? []))
          from = to
        }
        expect(plain(found)).toEqual(payloads.map((payload, number) => [number, [...payload]]))
      },
    ),
  )
})

test('a length out of bounds is refused before anything is allocated for it', () => {
  const header = Buffer.alloc(8)
  header.writeUInt32BE(maxDocumentBytes + 1, 4)
  expect(createDocumentFrameReader().push(header)).toBeNull()
})

test('an answer carries number, status and the reason of a refusal', () => {
  expect([...encodeDocumentAnswer(7, { kind: 'taken' })]).toEqual([0, 0, 0, 7, 0, 0, 0, 0, 0])
  expect([...encodeDocumentAnswer(7, { kind: 'hold' })]).toEqual([0, 0, 0, 7, 1, 0, 0, 0, 0])
  const refused = encodeDocumentAnswer(258, { kind: 'refused', reason: 'voll' })
  expect([...refused.subarray(0, 9)]).toEqual([0, 0, 1, 2, 2, 0, 0, 0, 4])
  expect(refused.subarray(9).toString()).toBe('voll')
})
