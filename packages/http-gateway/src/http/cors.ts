import type { FastifyInstance } from 'fastify'

/** Answers preflights and marks answers for the allowed origins. Other origins get no Access-Control header at all. */
export function allowOrigins(app: FastifyInstance, origins: readonly string[]): void {
  const allowed = new Set(origins)
  app.addHook('onRequest', async (request, reply) => {
    const { origin } = request.headers
    if (origin === undefined || !allowed.has(origin)) return
    void reply.header('Access-Control-Allow-Origin', origin)
    void reply.header('Access-Control-Allow-Credentials', 'true')
    void reply.header('Vary', 'Origin')
    if (request.method !== 'OPTIONS' || request.headers['access-control-request-method'] === undefined) return
    const asked = request.headers['access-control-request-headers']
    void reply.header('Access-Control-Allow-Methods', 'DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT')
    if (asked !== undefined) void reply.header('Access-Control-Allow-Headers', asked)
    void reply.header('Access-Control-Max-Age', '600')
    await reply.code(200).type('text/plain').send('OK')
  })
}
