import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { lookup3 } from '../src/core/lookup3.ts'
import {
  createBulkFile,
  createChunkCompressor,
  createHdf5Reader,
  decompressChunk,
  type FilledChunk,
  type GroupNode,
} from '../src/index.ts'

let folder = ''
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'hdf5-'))))
afterEach(() => rmSync(folder, { recursive: true }))

const twoFrames: GroupNode = {
  kind: 'group',
  children: { data: { kind: 'frames', type: 'u16', frameShape: [2, 4], frames: 2 } },
}

function endOfFile(path: string): number {
  return Number(readFileSync(path).readBigUInt64LE(28))
}

test('the superblock is complete, checksummed and within the file before the first frame', () => {
  const path = join(folder, 'a.h5')
  const file = createBulkFile(path, twoFrames)
  const bytes = readFileSync(path)
  expect(bytes.readUInt32LE(44)).toBe(lookup3(bytes.subarray(0, 44)))
  expect(endOfFile(path)).toBeLessThanOrEqual(statSync(path).size)
  file.finish()
})

test('frames lie one behind the other where the places say', () => {
  const path = join(folder, 'a.h5')
  const file = createBulkFile(path, twoFrames)
  const frames = file.frames('/data')
  frames.writeFrame(1, new Uint8Array(16).fill(2))
  frames.writeFrame(0, new Uint8Array(16).fill(1))
  file.finish()
  const at = frames.places?.dataAddress ?? 0
  expect([...readFileSync(path).subarray(at, at + 32)]).toEqual([
    ...new Uint8Array(16).fill(1),
    ...new Uint8Array(16).fill(2),
  ])
})

test('finish cuts the file to the frames that were written and may be called twice', () => {
  const path = join(folder, 'a.h5')
  const file = createBulkFile(path, twoFrames)
  const frames = file.frames('/data')
  frames.writeFrame(0, new Uint8Array(16))
  file.finish()
  file.finish()
  expect(statSync(path).size).toBe((frames.places?.dataAddress ?? 0) + 16)
  expect(endOfFile(path)).toBe(statSync(path).size)
})

test('frames appended across chunks lie where the file says, one chunk after another', () => {
  const path = join(folder, 'a.h5')
  const layout = { framesPerChunk: 3 }
  const file = createBulkFile(path, {
    kind: 'group',
    children: { data: { kind: 'frames', type: 'u16', frameShape: [2, 4], frames: 9, layout } },
  })
  const frames = file.frames('/data')
  const numbered = (first: number, count: number): Uint8Array =>
    Uint8Array.from({ length: count * 16 }, (_, at) => first + Math.floor(at / 16))
  const places = [...frames.appendFrames(numbered(1, 2)), ...frames.appendFrames(numbered(3, 5))]
  file.finish()
  const bytes = readFileSync(path)
  expect(places).toHaveLength(7)
  expect(places.map((at) => [...bytes.subarray(at, at + 16)])).toEqual(
    places.map((_, at) => [...new Uint8Array(16).fill(at + 1)]),
  )
  expect((places[2] ?? 0) - (places[0] ?? 0)).toBe(32)
  expect(frames.written).toBe(7)
})

test('frames written past the page cache are the same file as frames written through it', () => {
  const frameBytes = 256 * 1024
  const memory = new WebAssembly.Memory({ initial: 32, maximum: 32, shared: true })
  const pixels = new Uint8Array(memory.buffer)
  for (let at = 0; at < pixels.length; at += 1) pixels[at] = at % 251
  const write = (name: string, direct: boolean): Buffer => {
    const path = join(folder, name)
    const node = { kind: 'frames', type: 'u16', frameShape: [256, 512], frames: 7 } as const
    const layout = { framesPerChunk: 3 }
    const file = createBulkFile(
      path,
      { kind: 'group', children: { whole: node, chunked: { ...node, layout } } },
      { direct },
    )
    // On blocks of the disk and not.
    for (const [first, from] of [
      [0, 0],
      [2, 100],
      [4, 512],
    ] as const) {
      const part = pixels.subarray(from, from + 2 * frameBytes)
      file.frames('/whole').writeFrames(first, part)
      file.frames('/chunked').appendFrames(part)
    }
    file.isDirect = false
    file.frames('/whole').writeFrame(6, pixels.subarray(0, frameBytes))
    file.finish()
    return readFileSync(path)
  }
  expect(write('direct.h5', true).equals(write('cached.h5', false))).toBe(true)
})

test('chunks that are written together lie where the file says, large ones and many', async () => {
  const path = join(folder, 'a.h5')
  const layout = { framesPerChunk: 1, filter: 'bslz4' } as const
  const frames = 24
  const node = { kind: 'frames', type: 'u16', frameShape: [512, 1024], frames, layout } as const
  const file = createBulkFile(path, { kind: 'group', children: { data: node } }, { direct: true })
  const compressor = createChunkCompressor({ maxBytes: 1_048_576 })
  let state = 1
  const noise = Uint16Array.from({ length: 524_288 }, () => (state = (Math.imul(state, 48_271) + 11) >>> 0))
  const sizes: number[] = []
  const chunks = function* (first: number, count: number): Generator<FilledChunk> {
    for (let at = first; at < first + count; at += 1) {
      noise[0] = at
      const bytes = compressor.compress(new Uint8Array(noise.buffer), 2)
      sizes.push(bytes.length)
      yield { bytes, frames: 1 }
    }
  }
  const writer = file.frames('/data')
  const places = [...writer.appendChunks(chunks(0, 3)), ...writer.appendChunks(chunks(3, frames - 3))]
  expect(() => writer.appendChunks(chunks(0, 1))).toThrow(/HDF5_FRAME_OUT_OF_RANGE/)
  file.finish()
  const bytes = readFileSync(path)
  for (const at of [0, 2, 3, frames - 1]) {
    const place = places[at] ?? 0
    const chunk = bytes.subarray(place, place + (sizes[at] ?? 0))
    const pixels = decompressChunk(chunk, { elementBytes: 2, maxBytes: 1_048_576 })
    expect(new DataView(pixels.buffer).getUint16(0, true)).toBe(at)
  }
  const reader = createHdf5Reader()
  const first = await reader.read(path, '/data', [{}, 0, 0])
  await reader.close()
  expect(first).toMatchObject({ data: Uint16Array.from({ length: frames }, (_, at) => at) })
})

test('an existing file is never overwritten', () => {
  const path = join(folder, 'a.h5')
  createBulkFile(path, twoFrames).finish()
  expect(() => createBulkFile(path, twoFrames)).toThrow(/HDF5_FILE_EXISTS/)
})

test('a missing directory is a clear error with a remedy', () => {
  expect(() => createBulkFile(join(folder, 'no', 'a.h5'), twoFrames)).toThrow(/HDF5_WRITE_FAILED/)
})

test.each([
  [
    'a frame outside of the room',
    (file: ReturnType<typeof createBulkFile>) => file.frames('/data').writeFrame(2, new Uint8Array(16)),
  ],
  [
    'a frame of the wrong size',
    (file: ReturnType<typeof createBulkFile>) => file.frames('/data').writeFrame(0, new Uint8Array(15)),
  ],
  [
    'a chunk for a contiguous dataset',
    (file: ReturnType<typeof createBulkFile>) => file.frames('/data').appendChunk(new Uint8Array(16), 1),
  ],
])('%s is refused', (_name, action) => {
  const file = createBulkFile(join(folder, 'a.h5'), twoFrames)
  expect(() => action(file)).toThrow(/HDF5_FRAME_OUT_OF_RANGE/)
  file.finish()
})

test('a hard link to nothing and a name with a slash are refused before a file is made', () => {
  const path = join(folder, 'a.h5')
  expect(() =>
    createBulkFile(path, { kind: 'group', children: { a: { kind: 'hard-link', target: '/no' } } }),
  ).toThrow(/HDF5_PATH_UNKNOWN/)
  expect(() =>
    createBulkFile(path, { kind: 'group', children: { 'a/b': { kind: 'value', value: 1 } } }),
  ).toThrow(/HDF5_SHAPE_WRONG/)
  expect(() => statSync(path)).toThrow(/ENOENT/)
})
