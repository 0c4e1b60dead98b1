// Bitshuffle-LZ4 of detector frames on one core: the SIMD kernel, its reference, and the C plugin (AVX2 where it has it) through h5py.
// CPU seconds, so that a busy machine does not matter; compression only on our side, a file in memory on h5py's.
// BEAMTIME_BENCH_PYTHON: a Python with h5py and hdf5plugin; default the one of the h5py peer suite.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { homedir, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { compressChunkReference, createChunkCompressor, createChunkDecompressor } from '../src/index.ts'

const pixels = 512 * 1024

/** A small generator: the same frames in every run. */
function pictures(): Record<string, Uint16Array<ArrayBuffer>> {
  let state = 1
  const random = (): number => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0)
  const noise = Uint16Array.from({ length: pixels }, () => 2_000 + (random() >>> 25))
  const photons = Uint16Array.from({ length: pixels }, () =>
    random() % 50 === 0 ? 1 + (random() >>> 30) : 0,
  )
  const ramp = Uint16Array.from({ length: pixels }, (_, at) => (at * 7) & 0xfff)
  return { noise, photons, ramp }
}

function rate(
  compress: (data: Uint8Array) => Uint8Array,
  data: Uint8Array,
  rounds: number,
): { GBs: number; ratio: number } {
  let size = 0
  for (let round = 0; round < 3; round += 1) size = compress(data).length
  const before = process.cpuUsage()
  for (let round = 0; round < rounds; round += 1) compress(data)
  const { user, system } = process.cpuUsage(before)
  return {
    GBs: Number(((rounds * data.length) / (user + system) / 1e3).toFixed(2)),
    ratio: Number((data.length / size).toFixed(1)),
  }
}

const program = `
import sys, time, h5py, hdf5plugin, numpy as np
for name in sys.argv[2:]:
    frame = np.fromfile(sys.argv[1] + "/" + name, "<u2").reshape(1, 512, 1024)
    n = 100
    # No chunk cache: each write goes through the filter. The same chunk again and again: the file does not grow.
    f = h5py.File("memory" + name, "w", driver="core", backing_store=False, rdcc_nbytes=0)
    plain = f.create_dataset("plain", (2, 512, 1024), "u2", chunks=(1, 512, 1024))
    packed = f.create_dataset("packed", (2, 512, 1024), "u2", chunks=(1, 512, 1024), **hdf5plugin.Bitshuffle(nelems=0, cname="lz4"))
    def seconds(work):
        for i in range(5): work()
        t = time.process_time()
        for i in range(n): work()
        return time.process_time() - t
    def write(target):
        target[0] = frame
    base, whole = seconds(lambda: write(plain)), seconds(lambda: write(packed))
    back = seconds(lambda: packed[0])
    print(n * frame.nbytes / whole / 1e9, n * frame.nbytes / max(1e-9, whole - base) / 1e9, n * frame.nbytes / back / 1e9)
`

function inC(images: Record<string, Uint16Array<ArrayBuffer>>): Record<string, object> | undefined {
  const peer = join(homedir(), '.cache', 'beamtime-peers', 'h5py', 'bin', 'python')
  const python = process.env['BEAMTIME_BENCH_PYTHON'] ?? (existsSync(peer) ? peer : 'python3')
  const folder = mkdtempSync(join(tmpdir(), 'bench-compress-'))
  try {
    for (const [name, data] of Object.entries(images)) writeFileSync(join(folder, name), data)
    const names = Object.keys(images)
    const out = execFileSync(python, ['-c', program, folder, ...names], {
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    const lines = out.toString().trim().split('\n')
    return Object.fromEntries(
      names.map((name, at) => {
        const [whole = 0, filter = 0, read = 0] = (lines[at] ?? '')
          .split(' ')
          .map((word) => Number(Number(word).toFixed(2)))
        return [name, { wholeGBs: whole, filterGBs: filter, readGBs: read }]
      }),
    )
  } catch {
    return undefined // no h5py with hdf5plugin here
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const images = pictures()
const compressor = createChunkCompressor({ maxBytes: pixels * 2 })
const ours = Object.fromEntries(
  Object.entries(images).map(([name, data]) => {
    const bytes = new Uint8Array(data.buffer)
    const chunk = compressor.compress(bytes, 2).slice()
    const decompressor = createChunkDecompressor({ maxBytes: bytes.length })
    return [
      name,
      {
        simd: rate((each) => compressor.compress(each, 2), bytes, 200),
        reference: rate((each) => compressChunkReference(each, 2), bytes, 5).GBs,
        decompress: rate(() => decompressor.decompress(chunk, 2), bytes, 200).GBs,
      },
    ]
  }),
)
console.log(
  JSON.stringify({
    name: 'hdf5/compress',
    node: process.version,
    load: loadavg().map((each) => Number(each.toFixed(1))),
    per: 'CPU second',
    ours,
    cPlugin: inC(images) ?? 'no h5py with hdf5plugin here',
  }),
)
