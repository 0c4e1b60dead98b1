import { chmodSync, rmSync } from 'node:fs'
import type { Server } from 'node:http'
import { connect } from 'node:net'
import { ConfigError } from './config-error.ts'
import { healthAnswer, type HealthAnswerOptions } from './health-answer.ts'
import type { Metrics } from './metrics.ts'

export interface HealthServer {
  close(): Promise<void>
}

export interface HealthServerOptions extends Omit<HealthAnswerOptions, 'metricsText'> {
  readonly socketPath: string
  readonly metrics: Metrics
}

/** Answers /healthz /readyz /version /metrics /status on a Unix socket. Throws CONFIG_ALREADY_RUNNING when a living service of this role holds it. */
export async function openHealthServer(options: HealthServerOptions): Promise<HealthServer> {
  const { socketPath, metrics } = options
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
    void healthAnswer(path, { ...options, metricsText: () => metrics.text() }).then(
      ({ code, type, body }) => {
        response.writeHead(code, { 'content-type': type, 'content-length': Buffer.byteLength(body) })
        response.end(body)
      },
    )
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
