// Writes one file of each kind for read_files.py; `kill` leaves them as a SIGKILL would.
import { join } from 'node:path'
import {
  createBulkFile,
  createChunkCompressor,
  type FilledChunk,
  type GroupNode,
  type Node,
} from '../../src/index.ts'

const folder = process.argv[2] ?? '.'
const kill = process.argv[3] === 'kill'

const tree: GroupNode = {
  kind: 'group',
  attributes: {
    NX_class: 'NXroot',
    default: 'entry',
    whole: 3n,
    real: 2.5,
    texts: ['a', 'bb', ''],
    array: Float32Array.of(1, 2, 3),
  },
  children: {
    det: {
      kind: 'group',
      children: {
        data: {
          kind: 'frames',
          type: 'u16',
          frameShape: [4, 6],
          frames: 100,
          attributes: { signal: 1n, units: 'counts' },
        },
        image_id: { kind: 'frames', type: 'u64', frameShape: [], frames: 100 },
        chunked: {
          kind: 'frames',
          type: 'u16',
          frameShape: [4, 6],
          frames: 10_000,
          layout: { framesPerChunk: 2 },
        },
        grown: {
          kind: 'frames',
          type: 'u16',
          frameShape: [4, 6],
          frames: 16_777_215,
          layout: { framesPerChunk: 4 },
        },
        compressed: {
          kind: 'frames',
          type: 'u32',
          frameShape: [33, 77],
          frames: 200,
          layout: { framesPerChunk: 1, filter: 'bslz4' },
        },
        large: { kind: 'frames', type: 'u16', frameShape: [256, 512], frames: 20 },
        large_chunks: {
          kind: 'frames',
          type: 'u16',
          frameShape: [256, 512],
          frames: 1_000,
          layout: { framesPerChunk: 3 },
        },
        metadata: {
          kind: 'frames',
          type: {
            kind: 'compound',
            bytes: 16,
            members: [
              { name: 'image_id', type: 'u64', offset: 0 },
              { name: 'status', type: 'u64', offset: 8 },
            ],
          },
          frameShape: [],
          frames: 50,
          layout: { framesPerChunk: 10 },
        },
        text: { kind: 'value', value: 'hällo' },
        texts: { kind: 'value', value: ['x', 'yy'] },
        matrix: { kind: 'value', value: Int32Array.of(1, 2, 3, 4), shape: [2, 2] },
      },
    },
    entry: {
      kind: 'group',
      attributes: { NX_class: 'NXentry' },
      children: {
        data: { kind: 'hard-link', target: '/det/data' },
        soft: { kind: 'soft-link', target: '/det/data' },
        external: { kind: 'external-link', file: 'many.h5', target: '/channel_7' },
      },
    },
    virtual: {
      kind: 'virtual',
      type: 'u16',
      shape: [20, 4, 6],
      mappings: [
        {
          file: '.',
          dataset: '/det/data',
          source: { start: [0, 0, 0], stride: [1, 1, 1], count: [1, 1, 1], block: [10, 4, 6] },
          target: { start: [0, 0, 0], stride: [2, 1, 1], count: [10, 1, 1], block: [1, 4, 6] },
        },
      ],
    },
  },
}

function bytes(values: ArrayBufferView): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
}

const many: Record<string, Node> = {}
for (let channel = 0; channel < 5_000; channel += 1)
  many[`channel_${channel}`] = { kind: 'value', value: Float64Array.of(channel) }
createBulkFile(join(folder, 'many.h5'), { kind: 'group', children: many }).finish()

const file = createBulkFile(join(folder, 'all.h5'), tree, { direct: true })
for (let frame = 0; frame < 37; frame += 1) {
  file
    .frames('/det/data')
    .writeFrame(frame, bytes(Uint16Array.from({ length: 24 }, (_, pixel) => frame * 100 + pixel)))
  file.frames('/det/image_id').writeFrame(frame, bytes(BigUint64Array.of(BigInt(frame) + 1_000n)))
}
for (let chunk = 0; chunk < 5_000; chunk += 1) {
  const frames = chunk === 4_999 ? 1 : 2
  const values = Uint16Array.from({ length: 48 }, (_, pixel) => 2 * chunk + (pixel >= 24 ? 1 : 0))
  file.frames('/det/chunked').appendChunk(bytes(values), frames)
}
for (let frame = 0; frame < 20_002; frame += 2) {
  const values = Uint16Array.from({ length: 48 }, (_, pixel) => frame + (pixel >= 24 ? 1 : 0))
  file.frames('/det/grown').appendFrames(bytes(values))
}
const compressor = createChunkCompressor({ maxBytes: 33 * 77 * 4 })
function* compressed(from: number, to: number): Generator<FilledChunk> {
  for (let frame = from; frame < to; frame += 1) {
    const values = Uint32Array.from({ length: 33 * 77 }, (_, pixel) => (pixel * (frame + 1)) % 70_000)
    yield { bytes: compressor.compress(bytes(values), 4), frames: 1 }
  }
}
for (const { bytes: chunk, frames } of compressed(0, 50))
  file.frames('/det/compressed').appendChunk(chunk, frames)
file.frames('/det/compressed').appendChunks(compressed(50, 130))
// Past the page cache where the file system can.
const memory = new WebAssembly.Memory({ initial: 16 })
for (let frame = 0; frame < 12; frame += 4) {
  const four = new Uint16Array(memory.buffer).map((_, pixel) => frame + Math.floor(pixel / 131_072))
  new Uint16Array(memory.buffer).set(four)
  file.frames('/det/large').writeFrames(frame, new Uint8Array(memory.buffer))
  file.frames('/det/large_chunks').appendFrames(new Uint8Array(memory.buffer))
}
for (let chunk = 0; chunk < 3; chunk += 1) {
  const values = BigUint64Array.from({ length: 20 }, (_, half) =>
    BigInt(chunk * 10 + (half >> 1) + (half % 2 === 1 ? 1_000 : 0)),
  )
  file.frames('/det/metadata').appendChunk(bytes(values), 10)
}
if (kill) process.kill(process.pid, 'SIGKILL')
file.finish()
