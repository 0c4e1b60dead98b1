// CPU time of a pipeline that receives nothing, in percent of one core: the addon and Node's sockets; and of the demo's simulated detector.
import { benchConfig, sleep, startPipeline } from './load.part.ts'
import { startSimulatorThread } from '../src/simulator/simulator-thread.ts'

const seconds = Number(process.env['BEAMTIME_BENCH_SECONDS'] ?? 5)

async function percent(): Promise<number> {
  const before = process.cpuUsage()
  const started = performance.now()
  await sleep(seconds * 1000)
  const used = process.cpuUsage(before)
  return Number(((used.user + used.system) / 10 / (performance.now() - started)).toFixed(2))
}

async function idle(receiver: 'addon' | 'dgram'): Promise<number> {
  const pipeline = await startPipeline({ receiver })
  await sleep(1_000)
  const used = await percent()
  await pipeline.close()
  return used
}

/** One module at 10 images a second, simulator included. */
async function demo(): Promise<{ percent: number; rssMb: number }> {
  const config = benchConfig()
  const pipeline = await startPipeline({})
  const options = { config, host: '127.0.0.1', udpPorts: pipeline.udpPorts, rateHz: 10 }
  const simulator = startSimulatorThread(options, (error) => {
    throw error
  })
  await sleep(3_000)
  const used = await percent()
  const rssMb = Math.round(process.memoryUsage.rss() / 1e6)
  await simulator.close()
  await pipeline.close()
  return { percent: used, rssMb }
}

console.log(
  JSON.stringify({
    name: 'detector-daq/idle',
    node: process.version,
    seconds,
    per: 'percent of one core',
    addon: await idle('addon'),
    dgram: await idle('dgram'),
    simulatedAt10Hz: await demo(),
  }),
)
