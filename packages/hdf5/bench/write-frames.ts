// Frames of 512 x 1024 u16 into a file: contiguous through the page cache and past it, and compressed; in turn with dd of as many bytes
// on the same disk. Everything with the final fdatasync. node bench/write-frames.ts; BEAMTIME_BENCH_FOLDER, BEAMTIME_BENCH_ROUNDS (5).
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createBulkFile, createChunkCompressor, type FilledChunk } from '../src/index.ts'

const frames = 1_504
const batch = 8
const frameBytes = 1_048_576
const rounds = Number(process.env['BEAMTIME_BENCH_ROUNDS'] ?? 5)
const folder = mkdtempSync(join(process.env['BEAMTIME_BENCH_FOLDER'] ?? tmpdir(), 'hdf5-bench-'))
// As in a ring: memory that begins on a page.
const memory = new WebAssembly.Memory({ initial: (batch * frameBytes) / 65_536 })
const pixels = new Uint16Array(memory.buffer)
for (let at = 0; at < pixels.length; at += 1) pixels[at] = (Math.imul(at, 2_654_435_761) >>> 20) & 0xfff
const bytes = new Uint8Array(memory.buffer)
const compressor = createChunkCompressor({ maxBytes: frameBytes })

function* packed(): Generator<FilledChunk> {
  for (let at = 0; at < batch; at += 1) {
    const frame = bytes.subarray(at * frameBytes, (at + 1) * frameBytes)
    yield { bytes: compressor.compress(frame, 2), frames: 1 }
  }
}

function contiguous(direct: boolean): void {
  const node = { kind: 'frames', type: 'u16', frameShape: [512, 1024], frames } as const
  const file = createBulkFile(join(folder, 'a.h5'), { kind: 'group', children: { data: node } }, { direct })
  for (let index = 0; index < frames; index += batch) file.frames('/data').writeFrames(index, bytes)
  file.finish()
}

function compressed(): void {
  const layout = { framesPerChunk: 1, filter: 'bslz4' } as const
  const node = { kind: 'frames', type: 'u16', frameShape: [512, 1024], frames, layout } as const
  const file = createBulkFile(
    join(folder, 'a.h5'),
    { kind: 'group', children: { data: node } },
    { direct: true },
  )
  for (let index = 0; index < frames; index += batch) file.frames('/data').appendChunks(packed())
  file.finish()
}

function dd(): void {
  const args = [
    'if=/dev/zero',
    `of=${join(folder, 'a.h5')}`,
    'bs=1048576',
    `count=${frames}`,
    'conv=fdatasync',
  ]
  execFileSync('dd', args, { stdio: 'ignore' })
}

const ways = { dd, cached: () => contiguous(false), direct: () => contiguous(true), bslz4: compressed }
const taken: Record<string, number[]> = {}
try {
  for (let round = 0; round < rounds; round += 1)
    for (const [name, way] of Object.entries(ways)) {
      const started = performance.now()
      way()
      ;(taken[name] ??= []).push((performance.now() - started) / 1000)
      rmSync(join(folder, 'a.h5'))
    }
} finally {
  rmSync(folder, { recursive: true })
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
const ofEach = (figure: (seconds: readonly number[]) => number): Record<string, number> =>
  Object.fromEntries(
    Object.entries(taken).map(([name, seconds]) => [name, Number(figure(seconds).toFixed(2))]),
  )
console.log(
  JSON.stringify({
    name: 'hdf5/write-frames',
    node: process.version,
    load: loadavg().map((figure) => Number(figure.toFixed(1))),
    frames,
    frameBytes,
    rounds,
    GBs: ofEach((seconds) => (frames * frameBytes) / median(seconds) / 1e9),
    ofDd: ofEach((seconds) => median(seconds.map((each, at) => (taken['dd']?.[at] ?? 0) / each))),
  }),
)
