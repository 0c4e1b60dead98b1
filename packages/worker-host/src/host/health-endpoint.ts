import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import {
  buildInfo,
  createMetrics,
  openHealthServer,
  type Health,
  type HealthServer,
  type Logger,
} from '@beamtime/service-kit'
import type { DocumentsSink } from '../sink/documents-sink.ts'
import { addWorkerMetrics } from './worker-metrics.ts'

const lagResolutionMs = 20

/** `/readyz`, `/metrics` and `/status` of the role `worker@<queue>`. null when an older host of the queue, which may
 * still be draining, holds the socket. */
export async function openHealthEndpoint(options: {
  readonly queue: string
  readonly runtimeDir: string
  readonly health: Health
  readonly sink: DocumentsSink | null
  readonly documents: () => Readonly<Record<string, number>>
  readonly log: Logger
}): Promise<HealthServer | null> {
  const { queue, sink, health } = options
  const role = `worker@${queue}`
  const build = buildInfo()
  const metrics = createMetrics({ role: 'worker', instance: queue })
  const lag = monitorEventLoopDelay({ resolution: lagResolutionMs })
  lag.enable()
  addWorkerMetrics({ metrics, queue, documents: options.documents, sink })
  try {
    return await openHealthServer({
      socketPath: join(options.runtimeDir, `${role}.sock`),
      role,
      build,
      health,
      metrics,
      phase: () => 'ready',
      status: () => ({
        role,
        pid: process.pid,
        phase: 'ready',
        text: `${sink?.state.pending ?? 0} documents wait for the bus`,
        endpoints: [],
        uptimeS: process.uptime(),
        rssBytes: process.memoryUsage.rss(),
        heapBytes: process.memoryUsage().heapUsed,
        cpuS: (process.cpuUsage().user + process.cpuUsage().system) / 1e6,
        // The histogram counts its own sampling interval in.
        eventLoopLagMs: lag.count === 0 ? 0 : Math.max(0, lag.max / 1e6 - lagResolutionMs),
        version: build.version,
        checks: health.checks(),
      }),
    })
  } catch (error) {
    options.log.warn('health.unavailable', { error: String(error) })
    return null
  }
}
