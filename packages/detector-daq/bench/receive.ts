// UDP -> assembled -> ring with the sender on the same machine, beside a C receiver that does the same copies, in turn and in the same
// run: as fast as it goes, and the fastest rate without a lost frame. CPU seconds tell what a busy machine hides.
import { execFileSync, spawn } from 'node:child_process'
import { loadavg } from 'node:os'
import {
  frameBytes,
  gigabytes,
  loadProgram,
  median,
  sendFrames,
  settled,
  sleep,
  startPipeline,
} from './load.part.ts'

const seconds = Number(process.env['BEAMTIME_BENCH_SECONDS'] ?? 2)
const rounds = Number(process.env['BEAMTIME_BENCH_ROUNDS'] ?? 5)
const rates = [100, 200, 300, 400, 500, 600, 800, 1_000, 1_250, 1_500, 2_000, 2_500, 3_000, 3_500, 4_000]

interface Trial {
  readonly sent: number
  /** Whole frames; of the C receiver packets / 128. */
  readonly kept: number
  readonly cpuPerGB: number
}

async function withOurs(receiver: 'addon' | 'dgram'): Promise<{
  trial(rateHz: number): Promise<Trial>
  close(): Promise<void>
}> {
  const pipeline = await startPipeline({ receiver })
  const [port = 0] = pipeline.udpPorts
  // The first images pay for compilation and fresh memory.
  let first = 1 + (await sendFrames({ port, rateHz: 500, seconds: 2 }))
  await settled(pipeline)
  return {
    trial: async (rateHz) => {
      const before = pipeline.counters.images().good
      const used = process.cpuUsage()
      const sent = await sendFrames({ port, rateHz, seconds, first })
      first += sent + 1
      const { whole } = await settled(pipeline)
      const { user, system } = process.cpuUsage(used)
      const kept = whole - before
      return { sent, kept, cpuPerGB: (user + system) / 1e6 / ((kept * frameBytes) / 1e9) }
    },
    close: () => pipeline.close(),
  }
}

async function inC(rateHz: number): Promise<Trial> {
  const port = 40_000 + Math.floor(Math.random() * 10_000)
  const child = spawn(loadProgram() ?? '', ['receive', String(port), String(seconds + 0.5)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let out = ''
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()))
  while (!out.includes('ready')) await sleep(10)
  const exited = new Promise((resolve) => child.once('exit', resolve))
  const sent = await sendFrames({ port, rateHz, seconds })
  await exited
  const [packets = 0, cpu = 0] = (out.split('\n')[1] ?? '').split(' ').map(Number)
  return { sent, kept: packets / 128, cpuPerGB: cpu / ((packets * 8192) / 1e9) }
}

/**
 * The fastest trial in which no frame was lost, GB/s. The receivers take turns at each rate, since the machine under them is not equally
 * fast from minute to minute; each has three trials a rate, because a busy machine takes the cores away at times.
 */
async function lossless(
  receivers: readonly ((rateHz: number) => Promise<Trial>)[],
): Promise<readonly number[]> {
  const best = receivers.map(() => 0)
  const isOut = receivers.map(() => false)
  for (const rate of rates) {
    const isWhole = receivers.map(() => false)
    for (let round = 0; round < 3; round += 1)
      for (const [at, trial] of receivers.entries()) {
        if (isOut[at] === true || isWhole[at] === true) continue
        const { sent, kept } = await trial(rate)
        if (kept < sent) continue
        best[at] = Math.max(best[at] ?? 0, sent)
        isWhole[at] = sent >= rate * seconds * 0.95
      }
    for (const at of receivers.keys()) isOut[at] ||= isWhole[at] !== true
  }
  return best.map((frames) => gigabytes(frames, seconds))
}

function summary(trials: readonly Trial[]): Record<string, number> {
  return {
    offeredGBs: gigabytes(median(trials.map(({ sent }) => sent)), seconds),
    keptGBs: gigabytes(median(trials.map(({ kept }) => kept)), seconds),
    cpuSecondsPerGB: Number(median(trials.map(({ cpuPerGB }) => cpuPerGB)).toFixed(3)),
  }
}

if (loadProgram() === undefined) {
  console.log(JSON.stringify({ name: 'detector-daq/receive', skipped: 'no C compiler for the sender' }))
} else {
  const addon = await withOurs('addon')
  const c: Trial[] = []
  const ours: Trial[] = []
  for (let round = 0; round < rounds; round += 1) {
    c.push(await inC(0))
    ours.push(await addon.trial(0))
  }
  const [losslessC, losslessAddon] = await lossless([inC, (rate) => addon.trial(rate)])
  await addon.close()
  const sockets = await withOurs('dgram')
  const [losslessDgram] = await lossless([(rate) => sockets.trial(rate)])
  await sockets.close()
  const ratios = ours.map(({ kept }, at) => kept / (c[at]?.kept ?? 1))
  console.log(
    JSON.stringify({
      name: 'detector-daq/receive',
      node: process.version,
      cpu: execFileSync('sh', ['-c', 'grep -m1 "model name" /proc/cpuinfo | cut -d: -f2']).toString().trim(),
      load: loadavg().map((each) => Number(each.toFixed(1))),
      seconds,
      rounds,
      floodC: summary(c),
      floodOurs: summary(ours),
      floodOfC: Number(median(ratios).toFixed(2)),
      losslessGBs: { c: losslessC, addon: losslessAddon, dgram: losslessDgram },
    }),
  )
}
