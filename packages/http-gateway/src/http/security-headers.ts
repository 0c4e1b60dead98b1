import type { FastifyInstance } from 'fastify'

/** No `unsafe-eval`, nothing from elsewhere. Style attributes are what plot and table libraries need. */
export const contentSecurityPolicy = (scriptHashes: readonly string[]): string =>
  [
    "default-src 'self'",
    `script-src 'self'${scriptHashes.map((hash) => ` '${hash}'`).join('')}`,
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self' data:",
    "connect-src 'self'",
    "worker-src 'self' blob:",
    "object-src 'none'",
    "base-uri 'self'",
    "form-action 'self'",
    "frame-ancestors 'self'",
  ].join('; ')

export function addCommonHeaders(app: FastifyInstance): void {
  app.addHook('onRequest', async (_request, reply) => {
    void reply.header('X-Content-Type-Options', 'nosniff')
    void reply.header('Referrer-Policy', 'same-origin')
  })
  app.addHook('onSend', async (_request, reply) => {
    // Tools of the peers read it; a response is still a response if it is missing.
    void reply.header('Server-Timing', `app;dur=${reply.elapsedTime.toFixed(1)}`)
  })
}
