import { readdirSync } from 'node:fs'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { Metrics } from './metrics.ts'
import type { BuildInfo } from './build-info.ts'

export interface ProcessMetrics {
  /** Greatest delay of the event loop since the last look, in ms. */
  eventLoopLagMs(): number
  close(): void
}

/** Adds what every process tells about itself: build, start time, event loop lag, heap, memory, open files. */
export function addProcessMetrics(
  metrics: Metrics,
  options: { role: string; build: BuildInfo },
): ProcessMetrics {
  const [role = '', instance = ''] = options.role.split('@')
  const { version, commit } = options.build
  metrics
    .gauge('beamtime_build_info', 'Version of this service; the value is always 1.', [
      'version',
      'commit',
      'node',
    ])
    .set({ version, commit, node: process.versions.node }, 1)
  metrics.gauge('beamtime_up', 'The service runs.', ['role', 'instance']).set({ role, instance }, 1)
  metrics
    .gauge('beamtime_start_time_seconds', 'Start of the process, seconds since 1970.')
    .set({}, Date.now() / 1_000 - process.uptime())
  const lag = metrics.gauge(
    'beamtime_event_loop_lag_seconds',
    'Delay of the event loop since the last scrape.',
    ['quantile'],
  )
  const heap = metrics.gauge('beamtime_heap_bytes', 'JavaScript heap in use.')
  const rss = metrics.gauge('beamtime_rss_bytes', 'Resident memory.')
  const files = metrics.gauge('beamtime_open_fds', 'Open file descriptors.')
  const resolutionMs = 20
  const delay = monitorEventLoopDelay({ resolution: resolutionMs })
  delay.enable()
  // The histogram counts its own sampling interval in.
  const secondsOf = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e9 - resolutionMs / 1e3)
  metrics.onCollect(() => {
    lag.set({ quantile: '0.5' }, secondsOf(delay.percentile(50)))
    lag.set({ quantile: '0.99' }, secondsOf(delay.percentile(99)))
    lag.set({ quantile: '1' }, delay.count === 0 ? 0 : secondsOf(delay.max))
    delay.reset()
    const usage = process.memoryUsage()
    heap.set({}, usage.heapUsed)
    rss.set({}, usage.rss)
    files.set({}, openFiles())
  })
  return {
    eventLoopLagMs: () => (delay.count === 0 ? 0 : secondsOf(delay.max) * 1_000),
    close: () => void delay.disable(),
  }
}

/** Linux only; elsewhere 0, as nothing cheap tells. */
function openFiles(): number {
  try {
    return readdirSync('/proc/self/fd').length
  } catch {
    return 0
  }
}
