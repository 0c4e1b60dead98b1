import { chmodSync, rmSync } from 'node:fs'
import type { Server } from 'node:http'
import { connect } from 'node:net'
import type { BuildInfo } from './build-info.ts'
import { ConfigError } from './config-error.ts'
import type { Health } from './health.ts'
import type { Metrics } from './metrics.ts'

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

export interface HealthServer {
  close(): Promise<void>
}

export interface HealthServerOptions {
  readonly socketPath: string
  readonly role: string
  readonly build: BuildInfo
  readonly health: Health
  readonly metrics: Metrics
  readonly phase: () => ServicePhase
  readonly status: () => ServiceStatus
}

/** Answers /healthz /readyz /version /metrics /status on a Unix socket. Throws CONFIG_ALREADY_RUNNING when a living service of this role holds it. */
export async function openHealthServer(options: HealthServerOptions): Promise<HealthServer> {
  const { socketPath } = options
  if (await answers(socketPath))
    throw new ConfigError({
      code: 'CONFIG_ALREADY_RUNNING',
      message: `a service ${options.role} already runs on this data directory`,
      remedy: 'stop it with `beamtime down`, or give another --data DIR',
    })
  rmSync(socketPath, { force: true }) // left over by a kill -9
  // Not imported: the named exports of node:http load a web client of 10 MB and 20 ms with them.
  const { createServer } = process.getBuiltinModule('node:http')
  const server = createServer((request, response) => {
    const path = (request.url ?? '/').split('?')[0] ?? '/'
    void answer(path, options).then(({ code, type, body }) => {
      response.writeHead(code, { 'content-type': type, 'content-length': Buffer.byteLength(body) })
      response.end(body)
    })
  })
  server.unref()
  await listen(server, socketPath)
  chmodSync(socketPath, 0o600)
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

interface Answer {
  readonly code: number
  readonly type: string
  readonly body: string
}

async function answer(path: string, options: HealthServerOptions): Promise<Answer> {
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
        body: await options.metrics.text(),
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

function listen(server: Server, socketPath: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) =>
      reject(
        new ConfigError({
          code: 'CONFIG_DIRECTORY_UNUSABLE',
          message: `cannot listen on ${socketPath} (${cause.code ?? 'failed'})`,
          fault: 'environment',
          remedy: 'give another data directory with --data DIR',
          cause,
        }),
      ),
    )
    server.listen(socketPath, resolve)
  })
}

function answers(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(socketPath)
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}
