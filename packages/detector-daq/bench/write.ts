// UDP -> ring -> HDF5 for a while at a stated rate, without a lost frame; beside dd on the same disk in the same run.
// BEAMTIME_BENCH_SECONDS=60 BEAMTIME_BENCH_RATE=500 node bench/write.ts [bslz4]
import { execFileSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { loadavg } from 'node:os'
import { join } from 'node:path'
import { AcquisitionControl } from '../src/control/acquisition-control.ts'
import {
  folder,
  frameBytes,
  gigabytes,
  loadProgram,
  sendFrames,
  settled,
  sleep,
  startPipeline,
} from './load.part.ts'

const seconds = Number(process.env['BEAMTIME_BENCH_SECONDS'] ?? 5)
const rateHz = Number(process.env['BEAMTIME_BENCH_RATE'] ?? 300)
const compression = process.argv[2] === 'bslz4' ? 'bslz4' : 'none'

function dd(frames: number): number {
  const file = join(folder, 'dd')
  const started = performance.now()
  const args = ['if=/dev/zero', `of=${file}`, 'bs=1048576', `count=${frames}`, 'conv=fdatasync']
  execFileSync('dd', args, { stdio: 'ignore' })
  rmSync(file)
  return (performance.now() - started) / 1000
}

if (loadProgram() === undefined) {
  console.log(JSON.stringify({ name: 'detector-daq/write', skipped: 'no C compiler for the sender' }))
} else {
  const control = new AcquisitionControl({ detector: 'bench', compression, blockBytes: () => 16_777_216 })
  // The sender has no core of its own: where it pauses within an image, the packets that follow are not late.
  const options = { receiver: 'addon', compression, ringGb: 1, frameTimeoutMs: 1_000 } as const
  const pipeline = await startPipeline(options, (event) => control.handle(event))
  control.use(pipeline)
  const [port = 0] = pipeline.udpPorts
  // One lap of the ring: fresh memory is slow to touch.
  const warm = await sendFrames({
    port,
    rateHz: Math.min(rateHz, 200),
    seconds: Math.ceil((pipeline.slots * 1.1) / Math.min(rateHz, 200)),
  })
  const before = await settled(pipeline)
  const { finished } = await control.start({
    files: { kind: 'single', path: join(folder, 'run.h5') },
    layout: 'f1',
    images: Math.ceil(rateHz * seconds * 1.2),
    runId: 1,
  })
  const sent = await sendFrames({ port, rateHz, seconds, first: warm + 1 })
  const after = await settled(pipeline)
  await control.stop()
  const { completed, message } = await finished
  const { busyUs } = pipeline.counters.writer(0)
  await pipeline.close()
  control.close()
  rmSync(join(folder, 'run.h5'), { force: true })
  await sleep(200)
  const ddFrames = Math.min(sent, 2_000)
  const ddGBs = gigabytes(ddFrames, dd(ddFrames))
  const writerGBs = Number(((completed * frameBytes) / (busyUs / 1e6) / 1e9).toFixed(2))
  console.log(
    JSON.stringify({
      name: `detector-daq/write ${compression}`,
      node: process.version,
      load: loadavg().map((each) => Number(each.toFixed(1))),
      seconds,
      offeredGBs: gigabytes(sent, seconds),
      sent,
      whole: after.whole - before.whole,
      broken: after.broken - before.broken,
      written: completed,
      message,
      writerGBsWhileWriting: writerGBs,
      ddGBs,
      writerOfDd: Number((writerGBs / ddGBs).toFixed(2)),
    }),
  )
  if (completed !== sent) process.exitCode = 1
}
