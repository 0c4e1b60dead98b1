import type { Server } from 'node:http'
import { isIP } from 'node:net'
import { healthAnswer, type HealthAnswerOptions } from './health-answer.ts'
import type { Metrics } from './metrics.ts'
import { listenFailure } from './listen-failure.ts'
import { mergeMetrics } from './merge-metrics.ts'

export interface MetricsListenerOptions extends Omit<HealthAnswerOptions, 'metricsText'> {
  readonly metrics: Metrics
  /** `host:port`; `[metrics] listen`. Port 0 takes a free one. */
  readonly address: string
  /** Prometheus texts of the other services of this installation. */
  readonly others: () => Promise<readonly string[]>
}

export interface MetricsListener {
  readonly url: string
  close(): Promise<void>
}

/** Scrapers come one at a time; whoever holds more connections than this is none. */
const maxConnections = 64
const answerTimeoutMs = 2_000

/**
 * Answers /healthz /readyz /version /metrics over HTTP without a login; /metrics tells those of all services. Null where another
 * service of Beamtime has the address, which tells them already. Throws CONFIG_ADDRESS_IN_USE, CONFIG_ADDRESS_UNUSABLE.
 */
export async function openMetricsListener(options: MetricsListenerOptions): Promise<MetricsListener | null> {
  const { address } = options
  const at = address.lastIndexOf(':')
  const place = { host: address.slice(0, at).replace(/^\[|\]$/g, ''), port: Number(address.slice(at + 1)) }
  const server = serverOf(options)
  try {
    await listen(server, place)
  } catch (error) {
    const failure = listenFailure(error, { key: 'metrics.listen', address })
    if (isTaken(error) && (await isOurs(urlOf(place)))) return null
    throw failure
  }
  const bound = server.address()
  const port = typeof bound === 'object' && bound !== null ? bound.port : place.port
  return {
    url: urlOf({ host: place.host, port }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function serverOf(options: MetricsListenerOptions): Server {
  let gathering: Promise<string> | null = null
  // Those who ask while metrics are gathered get the same ones.
  const gathered = async (): Promise<string> => {
    gathering ??= Promise.all([options.metrics.text(), options.others()])
      .then(([own, others]) => mergeMetrics([own, ...others]))
      .finally(() => (gathering = null))
    return await gathering
  }
  const { createServer } = process.getBuiltinModule('node:http')
  const server = createServer((request, response) => {
    const path = (request.url ?? '/').split('?')[0] ?? '/'
    const isRead = request.method === 'GET' || request.method === 'HEAD'
    void answerTo(isRead ? path : null, { ...options, metricsText: gathered }).then(
      ({ code, type, body }) => {
        response.writeHead(code, { 'content-type': type, 'content-length': Buffer.byteLength(body) })
        response.end(request.method === 'HEAD' ? undefined : body)
      },
    )
  })
  server.maxConnections = maxConnections
  server.headersTimeout = 10_000
  server.requestTimeout = 10_000
  server.unref()
  return server
}

async function answerTo(path: string | null, options: HealthAnswerOptions): ReturnType<typeof healthAnswer> {
  const type = 'application/json'
  if (path === null) return { code: 405, type, body: '{"detail":"only GET and HEAD"}\n' }
  if (path === '/status')
    return { code: 404, type, body: '{"detail":"known: /healthz /readyz /version /metrics"}\n' }
  try {
    return await healthAnswer(path, options)
  } catch {
    return { code: 503, type, body: '{"detail":"the service does not tell"}\n' }
  }
}

function listen(server: Server, place: { readonly host: string; readonly port: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(place, resolve)
  })
}

function isTaken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
}

/** Every service tells its role under /version. */
async function isOurs(url: string): Promise<boolean> {
  try {
    const answer = await fetch(`${url}/version`, { signal: AbortSignal.timeout(answerTimeoutMs) })
    const told: unknown = await answer.json()
    return typeof told === 'object' && told !== null && 'role' in told && 'node' in told
  } catch {
    return false
  }
}

function urlOf({ host, port }: { readonly host: string; readonly port: number }): string {
  const anywhere: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1', '*': '127.0.0.1' }
  const name = anywhere[host] ?? host
  return `http://${isIP(name) === 6 ? `[${name}]` : name}:${port}`
}
