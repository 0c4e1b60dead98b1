/* detector-data as it runs, in a process of its own: node live-rate-service.part.ts ADDRESS DIRECTORY. Reports when told to. */
import { createServiceContext, silentLogger } from '@beamtime/service-kit'
import { setTimeout as delay } from 'node:timers/promises'
import { openLiveView, startLiveData } from '../src/index.ts'

const [, , address = '', dataDir = ''] = process.argv
const upstream = { bootstrapServers: [address], clientId: 'service' }
const stop = new AbortController()
const context = createServiceContext({ role: 'bench', dataDir, log: silentLogger, signal: stop.signal })
const config = {
  instrument: 'dummy',
  dev: true,
  autoStart: false,
  sink: 'kafka',
  sinkDir: dataDir,
  upstream,
} as const
const service = await startLiveData('detector-data', config, context)
const view = openLiveView({ instrument: 'dummy', downstream: upstream, log: silentLogger })
await view.command({
  kind: 'start',
  workflow: 'dummy/panel_0_xy/1',
  sources: [{ source: 'panel_0', parameters: {} }],
})
const lags: number[] = []
const windows: number[] = []
view.onOutput('dummy/panel_0_xy/1/panel_0/counts_total', ({ timeMs, startTimeMs, receivedAt }) => {
  // From the end of the data of a window to its result, of which a dashboard has the time it was written.
  lags.push(receivedAt - (timeMs ?? 0))
  windows.push((timeMs ?? 0) - (startTimeMs ?? 0))
})
const from = process.cpuUsage()
const fromMs = performance.now()
process.send?.('ready')
async function report(): Promise<void> {
  await delay(3_000)
  const cpu = process.cpuUsage(from)
  const total = view.output('dummy/panel_0_xy/1/panel_0/counts_total_cumulative')
  const steady = lags.slice(2).toSorted((a, b) => a - b)
  process.send?.({
    results: lags.length,
    lagMsMedian: Math.round(steady[steady.length >> 1] ?? 0),
    lagMsWorst: Math.round(steady.at(-1) ?? 0),
    windowMsLongest: Math.round(Math.max(...windows.slice(2))),
    counted: Number(total?.signal.values[0] ?? 0),
    cores: Number(((cpu.user + cpu.system) / 1e3 / (performance.now() - fromMs)).toPrecision(3)),
    rssMb: Math.round(process.memoryUsage.rss() / 1_048_576),
  })
}
process.once('message', () => void report())
process.once('disconnect', () => {
  stop.abort()
  void Promise.all([view.close(), service.close()]).then(() => process.exit(0))
})
