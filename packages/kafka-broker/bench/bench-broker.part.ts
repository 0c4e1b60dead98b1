/* A broker in a process of its own for the benchmarks: fork(bench-broker.part.ts, [DIRECTORY, JSON settings]). It tells its
 * port, then its memory whenever asked. */
import { monitorEventLoopDelay, performance } from 'node:perf_hooks'
import { parseSection } from '@beamtime/service-kit'
import { collectRarely } from '../src/collector.ts'
import { brokerConfig, openBroker } from '../src/index.ts'

const [, , directory = '', settings = '{}'] = process.argv
collectRarely()
const startedMs = performance.now()
const values = { listen: '127.0.0.1:0', ...(JSON.parse(settings) as object) }
const broker = await openBroker({ config: parseSection(brokerConfig, values, { key: 'broker' }), directory })
process.send?.({ port: broker.addresses[0]?.port, openMs: performance.now() - startedMs })
const delay = monitorEventLoopDelay({ resolution: 1 })
delay.enable()
process.on('message', () => {
  // The histogram counts its own sampling interval in.
  const [loopP99Ms, loopMaxMs] = [delay.percentile(99) / 1e6 - 1, delay.max / 1e6 - 1]
  delay.reset()
  process.send?.({ memory: process.memoryUsage(), cpu: process.cpuUsage(), loopP99Ms, loopMaxMs })
})
process.on('disconnect', () => void broker.close().then(() => process.exit(0)))
