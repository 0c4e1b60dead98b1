import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createFrameDecoder, type Frame } from '../../src/core/frame-decoder.ts'
import { encodeMessage } from '../../src/messages/header.ts'

function framesOf(bytes: Uint8Array, cuts: readonly number[], maxPayloadBytes = 1_000_000): Frame[] {
  const decoder = createFrameDecoder({ maxPayloadBytes })
  const frames: Frame[] = []
  let at = 0
  for (const cut of [...cuts, bytes.length]) {
    const end = Math.min(Math.max(cut, at), bytes.length)
    decoder.feed(bytes.subarray(at, end), (frame) => frames.push(frame))
    at = end
  }
  return frames
}

test('any messages cut anywhere come out whole and in order', () => {
  const message = fc.record({
    command: fc.integer({ min: 0, max: 27 }),
    dataType: fc.integer({ min: 0, max: 38 }),
    count: fc.oneof(fc.integer({ min: 0, max: 10 }), fc.constantFrom(65_534, 65_535, 70_000)),
    p1: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
    p2: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
    payload: fc.oneof(fc.uint8Array({ maxLength: 64 }), fc.constantFrom(new Uint8Array(65_536).fill(7))),
  })
  fc.assert(
    fc.property(
      fc.array(message, { maxLength: 6 }),
      fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 20 }),
      (messages, cuts) => {
        const parts = messages.map((parts) => encodeMessage(parts))
        const frames = framesOf(
          Buffer.concat(parts),
          cuts.toSorted((a, b) => a - b),
        )
        expect(
          frames.map(({ header }) => [header.command, header.dataType, header.count, header.p1, header.p2]),
        ).toEqual(messages.map(({ command, dataType, count, p1, p2 }) => [command, dataType, count, p1, p2]))
        frames.forEach((frame, i) => {
          if (frame.kind !== 'message') throw new Error('too large')
          const payload = messages[i]?.payload ?? new Uint8Array(0)
          expect(Buffer.from(frame.payload.subarray(0, payload.length)).equals(payload)).toBe(true)
          expect(frame.payload.length).toBe(Math.ceil(payload.length / 8) * 8)
        })
      },
    ),
    { numRuns: 200 },
  )
})

test('a payload over the limit is skipped and what follows is read, however it is cut', () => {
  const bytes = Buffer.concat([
    encodeMessage({ command: 15, payload: new Uint8Array(2_000) }),
    encodeMessage({ command: 23 }),
  ])
  for (const step of [1, 7, 500, bytes.length]) {
    const cuts = Array.from({ length: Math.ceil(bytes.length / step) }, (_, i) => i * step)
    expect(framesOf(bytes, cuts, 1_000).map(({ kind, header }) => [kind, header.command])).toEqual([
      ['too-large', 15],
      ['message', 23],
    ])
  }
})

test('an announced payload costs memory only as its bytes come', () => {
  const header = new Uint8Array(24)
  const view = new DataView(header.buffer)
  view.setUint16(0, 15)
  view.setUint16(2, 0xffff)
  view.setUint32(16, 2_000_000_000)
  const before = process.memoryUsage().arrayBuffers
  const decoders = Array.from({ length: 50 }, () => {
    const decoder = createFrameDecoder({ maxPayloadBytes: 2_147_483_640 })
    decoder.feed(header, () => undefined)
    decoder.feed(new Uint8Array(100), () => undefined)
    return decoder
  })
  expect(decoders).toHaveLength(50)
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(100 * 1_048_576)
})

test('a payload that is no multiple of 8 is the fault of the peer', () => {
  const bytes = Uint8Array.from([0, 15, 0, 5, ...new Uint8Array(20)])
  expect(() => framesOf(bytes, [])).toThrow('CA_PEER_MALFORMED')
})

test('random bytes never crash the decoder otherwise', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 300 }),
      fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 5 }),
      (bytes, cuts) => {
        try {
          framesOf(
            bytes,
            cuts.toSorted((a, b) => a - b),
            10_000,
          )
        } catch (error) {
          expect(error).toMatchObject({ code: 'CA_PEER_MALFORMED' })
        }
      },
    ),
    { numRuns: 2_000 },
  )
})
