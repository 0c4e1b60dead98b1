// Contiguous and compressed frames of 512 x 1024 u16 into a file, beside dd writing as many bytes to the same disk.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createBulkFile, createChunkCompressor } from '../src/index.ts'

const frames = 1_500
const frame = Uint16Array.from({ length: 512 * 1024 }, (_, i) => ((i * 2_654_435_761) >>> 20) & 0xfff)
const bytes = new Uint8Array(frame.buffer)
const folder = mkdtempSync(join(process.env['BEAMTIME_BENCH_FOLDER'] ?? tmpdir(), 'hdf5-bench-'))

function rate(seconds: number): number {
  return Number(((frames * bytes.length) / seconds / 1e6).toFixed(0))
}

function timed(action: () => void): number {
  const started = performance.now()
  action()
  return (performance.now() - started) / 1000
}

try {
  const dd = timed(() => {
    execFileSync(
      'dd',
      ['if=/dev/zero', `of=${join(folder, 'dd')}`, 'bs=1048576', `count=${frames}`, 'conv=fdatasync'],
      { stdio: 'ignore' },
    )
  })
  rmSync(join(folder, 'dd'))
  const contiguous = timed(() => {
    const file = createBulkFile(join(folder, 'a.h5'), {
      kind: 'group',
      children: { data: { kind: 'frames', type: 'u16', frameShape: [512, 1024], frames } },
    })
    for (let index = 0; index < frames; index += 1) file.frames('/data').writeFrame(index, bytes)
    file.finish()
  })
  rmSync(join(folder, 'a.h5'))
  const compressor = createChunkCompressor({ maxBytes: bytes.length })
  const compressed = timed(() => {
    const layout = { framesPerChunk: 1, filter: 'bslz4' } as const
    const file = createBulkFile(join(folder, 'b.h5'), {
      kind: 'group',
      children: { data: { kind: 'frames', type: 'u16', frameShape: [512, 1024], frames, layout } },
    })
    for (let index = 0; index < frames; index += 1)
      file.frames('/data').appendChunk(compressor.compress(bytes, 2), 1)
    file.finish()
  })
  const figures = {
    ddMBs: rate(dd),
    contiguousMBs: rate(contiguous),
    ofDd: Number((dd / contiguous).toFixed(2)),
    bslz4MBs: rate(compressed),
  }
  console.log(
    JSON.stringify({
      name: 'hdf5/write-frames',
      node: process.version,
      frames,
      frameBytes: bytes.length,
      ...figures,
    }),
  )
} finally {
  rmSync(folder, { recursive: true })
}
