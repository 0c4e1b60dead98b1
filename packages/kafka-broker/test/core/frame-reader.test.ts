import fc from 'fast-check'
import { expect, test } from 'vitest'
import { FrameReader } from '../../src/core/frame-reader.ts'

/** Frames of given sizes, one after another, each filled with bytes of its own. */
function streamOf(sizes: readonly number[]): { readonly frames: readonly Buffer[]; readonly bytes: Buffer } {
  const frames = sizes.map((size, i) => Buffer.alloc(size, `frame ${i} of ${size}`))
  const parts = frames.flatMap((frame) => {
    const size = Buffer.alloc(4)
    size.writeInt32BE(frame.byteLength)
    return [size, frame]
  })
  return { frames, bytes: Buffer.concat(parts) }
}

/** Reads as a socket does: each read fills at most the space that is offered, and the shared buffer is written over again. */
function readAll(
  bytes: Buffer,
  options: { readonly sharedBytes: number; readonly arrivals: readonly number[] },
): Buffer[] {
  const found: Buffer[] = []
  const reader = new FrameReader({
    limits: () => ({ minBytes: 1, maxBytes: 10_000_000 }),
    reserve: () => true,
    allocate: (size) => Buffer.alloc(size),
    isShared: true,
    onFrame: (frame) => found.push(Buffer.from(frame)),
  })
  const shared = Buffer.alloc(options.sharedBytes)
  let at = 0
  for (let turn = 0; at < bytes.byteLength; turn++) {
    const arrived = options.arrivals[turn % options.arrivals.length] ?? 1
    const space = reader.spaceIn(shared)
    const count = Math.min(arrived, space.byteLength, bytes.byteLength - at)
    space.set(bytes.subarray(at, at + count))
    at += count
    if (space.buffer === shared.buffer) reader.push(space.subarray(0, count))
    else reader.advance(count)
    shared.fill(0)
  }
  return found
}

test('frames come out as they were sent, however the bytes arrive and wherever they are put', () => {
  const size = fc.oneof(fc.integer({ min: 1, max: 3_000 }), fc.integer({ min: 100_000, max: 700_000 }))
  fc.assert(
    fc.property(
      fc.array(size, { minLength: 1, maxLength: 6 }),
      fc.array(fc.integer({ min: 1_000, max: 400_000 }), { minLength: 1, maxLength: 5 }),
      (sizes, arrivals) => {
        const { frames, bytes } = streamOf(sizes)
        const found = readAll(bytes, { sharedBytes: 262_144, arrivals })
        expect(found.length).toBe(frames.length)
        expect(found.every((frame, i) => frame.equals(frames[i] as Buffer))).toBe(true)
      },
    ),
    { numRuns: 30 },
  )
})

test('frames that are read byte by byte come out whole', () => {
  const { frames, bytes } = streamOf([1, 5, 300, 2])
  expect(readAll(bytes, { sharedBytes: 64, arrivals: [1] })).toEqual(frames)
})

test('most of a large frame is put where it belongs, not copied', () => {
  const reader = new FrameReader({
    limits: () => ({ minBytes: 1, maxBytes: 10_000_000 }),
    reserve: () => true,
    allocate: (size) => Buffer.alloc(size),
    isShared: true,
    onFrame: () => undefined,
  })
  const shared = Buffer.alloc(262_144)
  reader.push(streamOf([1_000_000]).bytes.subarray(0, 100))
  const space = reader.spaceIn(shared)
  expect(space.byteLength).toBe(1_000_000 - 96)
  reader.advance(space.byteLength)
  // The next one is expected to be large as well: only its beginning is read into the shared buffer.
  expect(reader.spaceIn(shared)).toMatchObject({ byteLength: 16_384, buffer: shared.buffer })
})
