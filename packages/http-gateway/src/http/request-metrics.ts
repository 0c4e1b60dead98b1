import type { FastifyInstance } from 'fastify'
import type { Metrics } from '@beamtime/service-kit'

/** Counts answers and their time by route pattern, so that labels stay few. */
export function measureRequests(app: FastifyInstance, metrics: Metrics): void {
  const seconds = metrics.histogram('beamtime_http_request_seconds', 'Time to answer an HTTP request.', [
    'route',
    'code',
  ])
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'unknown'
    seconds.observe({ route, code: reply.statusCode }, reply.elapsedTime / 1_000)
  })
}
