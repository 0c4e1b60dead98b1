import type { BuildInfo } from './build-info.ts'
import type { Health } from './health.ts'

export type ServicePhase = 'starting' | 'ready' | 'stopping'

/** What /status answers: one service as `beamtime status` shows it. */
export interface ServiceStatus {
  readonly role: string
  readonly pid: number
  readonly phase: ServicePhase
  readonly text: string
  readonly endpoints: readonly { readonly name: string; readonly url: string }[]
  readonly uptimeS: number
  readonly rssBytes: number
  readonly heapBytes: number
  /** Processor time since the start, seconds. */
  readonly cpuS: number
  /** Longest delay of the event loop since the last scrape. */
  readonly eventLoopLagMs: number
  readonly version: string
  readonly checks: ReturnType<Health['checks']>
}

export interface HealthAnswerOptions {
  readonly role: string
  readonly build: BuildInfo
  readonly health: Health
  /** Prometheus text. */
  readonly metricsText: () => Promise<string>
  readonly phase: () => ServicePhase
  readonly status: () => ServiceStatus
}

interface Answer {
  readonly code: number
  readonly type: string
  readonly body: string
}

/** What a service answers under /healthz /readyz /version /metrics /status. */
export async function healthAnswer(path: string, options: HealthAnswerOptions): Promise<Answer> {
  switch (path) {
    case '/healthz':
      return json(200, { status: 'ok' })
    case '/readyz': {
      const phase = options.phase()
      return json(phase === 'ready' ? 200 : 503, { status: phase, checks: options.health.checks() })
    }
    case '/version':
      return json(200, { ...options.build, node: process.versions.node, role: options.role })
    case '/metrics':
      return {
        code: 200,
        type: 'text/plain; version=0.0.4; charset=utf-8',
        body: await options.metricsText(),
      }
    case '/status':
      return json(200, options.status())
    default:
      return json(404, { detail: 'known: /healthz /readyz /version /metrics /status' })
  }
}

function json(code: number, body: unknown): Answer {
  return { code, type: 'application/json', body: `${JSON.stringify(body)}\n` }
}
