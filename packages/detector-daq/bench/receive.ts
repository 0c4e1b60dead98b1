// UDP -> assembled -> ring with the sender on the same machine: as fast as it goes, and the fastest rate without loss; beside a C
// receiver that does the same copies, in the same run.
import { execFileSync, spawn } from 'node:child_process'
import { gigabytes, loadProgram, sendFrames, settled, sleep, startPipeline } from './load.ts'

const seconds = Number(process.env['BEAMTIME_BENCH_SECONDS'] ?? 3)

async function ours(
  receiver: 'addon' | 'dgram',
  rateHz: number,
): Promise<{ sent: number; whole: number; lost: number }> {
  const pipeline = await startPipeline({ receiver })
  const [port = 0] = pipeline.udpPorts
  // The first images pay for compilation and fresh memory.
  const warm = await sendFrames({ port, rateHz: 600, seconds: 2 })
  const before = await settled(pipeline)
  const sent = await sendFrames({ port, rateHz, seconds, first: warm + 1 })
  const after = await settled(pipeline)
  await pipeline.close()
  return { sent, whole: after.whole - before.whole, lost: sent - (after.whole - before.whole) }
}

async function inC(rateHz: number): Promise<{ sent: number; packets: number }> {
  const port = 40_000 + Math.floor(Math.random() * 10_000)
  const child = spawn(loadProgram() ?? '', ['receive', String(port), String(seconds + 0.3)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let out = ''
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()))
  while (!out.includes('ready')) await sleep(10)
  const exited = new Promise((resolve) => child.once('exit', resolve))
  const sent = await sendFrames({ port, rateHz, seconds })
  await exited
  return { sent, packets: Number(out.split('\n')[1]) }
}

async function fastestWhole(receiver: 'addon' | 'dgram', rates: readonly number[]): Promise<number> {
  let best = 0
  for (const rate of rates) {
    const { sent, lost } = await ours(receiver, rate)
    if (lost > 0) break
    best = sent / seconds
  }
  return best
}

if (loadProgram() === undefined) {
  console.log(JSON.stringify({ name: 'detector-daq/receive', skipped: 'no C compiler for the sender' }))
} else {
  const c = await inC(0)
  const flood = await ours('addon', 0)
  const addon = await fastestWhole('addon', [1_000, 1_500, 2_000, 2_500, 3_000, 3_500])
  const dgram = await fastestWhole('dgram', [200, 400, 600, 800, 1_000])
  const cGBs = gigabytes(c.packets / 128, seconds)
  const floodGBs = gigabytes(flood.whole, seconds)
  console.log(
    JSON.stringify({
      name: 'detector-daq/receive',
      node: process.version,
      cpu: execFileSync('sh', ['-c', 'grep -m1 "model name" /proc/cpuinfo | cut -d: -f2']).toString().trim(),
      seconds,
      cReceiver: { offeredGBs: gigabytes(c.sent, seconds), keptGBs: cGBs },
      flood: {
        offeredGBs: gigabytes(flood.sent, seconds),
        wholeImagesGBs: floodGBs,
        ofSent: Number((flood.whole / flood.sent).toFixed(4)),
        ofC: Number((floodGBs / cGBs).toFixed(2)),
      },
      losslessAddonGBs: gigabytes(addon, 1),
      losslessDgramGBs: gigabytes(dgram, 1),
    }),
  )
}
