import type {} from '@fastify/swagger'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { mergeMetrics } from '@beamtime/service-kit'
import type { Health, Metrics } from '@beamtime/service-kit'
import { checkScopes } from '../http/guard.ts'
import type { Authority } from '../auth/authority.ts'
import { readCredential } from '../auth/credentials.ts'
import type { ServiceWatch } from '../services/service-watch.ts'

export interface OperationsOptions {
  readonly watch: ServiceWatch
  readonly health: Health
  readonly metrics: Metrics
  readonly authority: Authority
  readonly version: Readonly<Record<string, unknown>>
}

const prometheusText = 'text/plain; version=0.0.4; charset=utf-8'

/** What probes and scrapers ask; for all services of this installation. */
export function operationsRoutes(options: OperationsOptions) {
  const { watch, health, metrics, authority, version } = options
  const metricsText = async (): Promise<string> => {
    const others = await watch.askAll('/metrics')
    return mergeMetrics([await metrics.text(), ...[...others.values()].map((one) => one?.text ?? '')])
  }
  return async (app: FastifyInstance): Promise<void> => {
    const tags = ['operations']
    const alive = async (): Promise<{ status: string }> => ({ status: 'ok' })
    app.get('/healthz', { schema: { summary: 'The gateway answers.', tags } }, alive)
    app.get('/api/health', { schema: { summary: 'As /healthz.', tags } }, alive)
    app.get(
      '/readyz',
      { schema: { summary: 'The gateway serves; its dependencies are reported.', tags } },
      async () => {
        const services = watch.states.map(
          (one) => [one.role, { ok: one.state === 'up', detail: one.state }] as const,
        )
        return { status: 'ready', checks: { ...health.checks(), ...Object.fromEntries(services) } }
      },
    )
    app.get('/version', { schema: { summary: 'Version of the gateway.', tags } }, async () => version)
    app.get(
      '/metrics',
      { schema: { summary: 'Metrics of all services, Prometheus text.', tags } },
      async (request, reply) => {
        if (!isLoopback(request.ip)) requireMetricsScope(authority, request)
        return await sendText(reply, await metricsText())
      },
    )
    app.get(
      '/api/metrics',
      { config: { scopes: ['admin:metrics'] }, schema: { summary: 'As /metrics.', tags } },
      async (_request, reply) => await sendText(reply, await metricsText()),
    )
  }
}

async function sendText(reply: FastifyReply, text: string): Promise<FastifyReply> {
  return await reply.type(prometheusText).send(text)
}

function requireMetricsScope(authority: Authority, request: FastifyRequest): void {
  const { authorization } = request.headers
  const credential = readCredential({
    queryApiKey: undefined,
    authorization,
    apiKeyCookie: undefined,
    loginCookie: undefined,
  })
  checkScopes(authority.authenticate(credential).identity, ['admin:metrics'])
}

function isLoopback(address: string): boolean {
  return address === '::1' || address.startsWith('127.') || address.startsWith('::ffff:127.')
}
