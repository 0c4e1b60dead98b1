// Images that lie in the ring -> HDF5 file, as fast as a writer can, with the final fdatasync; in turn with dd of the same size on the same
// disk. node bench/write-ring.ts; BEAMTIME_BENCH_GB (2), BEAMTIME_BENCH_ROUNDS (5).
import { execFileSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { loadavg } from 'node:os'
import { join } from 'node:path'
import { detectorModel } from '../src/core/detector-model.ts'
import { descriptor, endOfRun } from '../src/ring/descriptor.ts'
import { descriptorWords } from '../src/ring/descriptor-queue.ts'
import { createSharedMemory, openShared, slotPixels } from '../src/ring/shared-state.ts'
import { WriterLoop } from '../src/writer/writer-loop.ts'
import { benchConfig, folder, frameBytes, gigabytes, median } from './load.part.ts'

const frames = Math.ceil((Number(process.env['BEAMTIME_BENCH_GB'] ?? 2) * 1e9) / frameBytes)
const rounds = Number(process.env['BEAMTIME_BENCH_ROUNDS'] ?? 5)
const path = join(folder, 'run.h5')

const config = benchConfig()
const model = detectorModel(config)

function writer(compression: 'none' | 'bslz4', layout: 'f1' | 'f2'): () => number {
  const shared = createSharedMemory({
    model,
    receivers: 1,
    writers: 1,
    compressed: compression === 'bslz4',
    ringBytes: 2 ** 28,
    corrections: { dark: false, flat: false, mask: false },
  })
  const parts = openShared(shared)
  const { slots } = parts
  const queue = parts.writerQueue(0)
  const entry = new Float64Array(descriptorWords)
  // A JUNGFRAU picture: pedestal noise and a few photons, other images other photons.
  for (let id = 1; id <= shared.plan.slots; id += 1) {
    slots.claim(id, 0)
    const pixels = new Uint16Array(
      slotPixels(shared, id, model).buffer,
      slotPixels(shared, id, model).byteOffset,
      frameBytes / 2,
    )
    let state = id
    for (let at = 0; at < pixels.length; at += 1) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
      pixels[at] = 2_000 + (state >>> 27) + (state % 50 === 0 ? 400 : 0)
    }
    slots.publish(id, 0)
  }
  const loop = new WriterLoop({
    shared,
    writer: 0,
    imageBytes: model.imageBytes,
    tell: (message) => {
      if (message.kind === 'failed') throw new Error(message.reason)
    },
  })
  const spec = {
    path,
    layout,
    detector: 'bench',
    width: 1024,
    height: 512,
    pixelType: 'u16',
    images: frames,
    compression,
    blockBytes: 16_777_216,
  } as const
  return () => {
    const started = performance.now()
    loop.command({ kind: 'create', run: 1, spec })
    for (let done = 0; done < frames;) {
      // A quarter of the ring at a time, as for a writer that keeps up, in the order of its slots.
      for (let id = 1; id < shared.plan.slots / 4 && done < frames; id += 1, done += 1) {
        entry[descriptor.image] = id
        entry[descriptor.generation] = 0
        entry[descriptor.index] = 0
        queue.push(entry)
      }
      loop.drain(performance.now())
    }
    entry[descriptor.index] = endOfRun
    queue.push(entry)
    loop.drain(performance.now())
    const seconds = (performance.now() - started) / 1000
    rmSync(path)
    return seconds
  }
}

interface Trial {
  readonly seconds: number
  /** Processor time, which a busy machine does not change. */
  readonly cpuSeconds: number
}

function timed(work: () => number): Trial {
  const before = process.cpuUsage()
  const seconds = work()
  const { user, system } = process.cpuUsage(before)
  return { seconds, cpuSeconds: (user + system) / 1e6 }
}

/** `0m1.234s 0m0.567s` of the shell's `times` for what it has run. */
function shellSeconds(text: string): number {
  return [...text.matchAll(/(\d+)m([\d.]+)s/g)]
    .slice(2)
    .reduce((sum, [, minutes, seconds]) => sum + Number(minutes) * 60 + Number(seconds), 0)
}

function dd(): Trial {
  const file = join(folder, 'dd')
  const started = performance.now()
  const command = `dd if=/dev/zero of=${file} bs=1048576 count=${frames} conv=fdatasync 2>/dev/null; times`
  const text = execFileSync('bash', ['-c', command]).toString()
  const seconds = (performance.now() - started) / 1000
  rmSync(file)
  return { seconds, cpuSeconds: shellSeconds(text) }
}

const ways: Record<string, () => Trial> = {
  dd,
  f1: () => timed(f1),
  f2: () => timed(f2),
  'f1 bslz4': () => timed(packed),
}
const f1 = writer('none', 'f1')
const f2 = writer('none', 'f2')
const packed = writer('bslz4', 'f1')
const taken: Record<string, Trial[]> = {}
dd()
for (let round = 0; round < rounds; round += 1)
  for (const [name, run] of Object.entries(ways)) (taken[name] ??= []).push(run())
const first = taken['dd'] ?? []
const each = (figure: (trials: readonly Trial[]) => number): Record<string, number> =>
  Object.fromEntries(Object.entries(taken).map(([name, trials]) => [name, Number(figure(trials).toFixed(2))]))
console.log(
  JSON.stringify({
    name: 'detector-daq/write-ring',
    node: process.version,
    load: loadavg().map((figure) => Number(figure.toFixed(1))),
    gigabytes: gigabytes(frames, 1),
    rounds,
    GBs: each((trials) => gigabytes(frames, median(trials.map(({ seconds }) => seconds)))),
    ofDd: each((trials) => median(trials.map(({ seconds }, at) => (first[at]?.seconds ?? 0) / seconds))),
    bestGBs: each((trials) => gigabytes(frames, Math.min(...trials.map(({ seconds }) => seconds)))),
    cpuSecondsPerGB: each(
      (trials) => median(trials.map(({ cpuSeconds }) => cpuSeconds)) / gigabytes(frames, 1),
    ),
  }),
)
