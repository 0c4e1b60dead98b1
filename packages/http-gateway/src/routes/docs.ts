import swagger from '@fastify/swagger'
import type { FastifyInstance } from 'fastify'

/** OpenAPI from the route schemas at /openapi.json, and a page that lists the routes at /docs and /redoc. */
export async function describeRoutes(app: FastifyInstance, version: string): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Bluesky HTTP Server', version },
      components: {
        securitySchemes: {
          APIKeyQuery: { type: 'apiKey', in: 'query', name: 'api_key' },
          APIKeyAuthorizationHeader: { type: 'apiKey', in: 'header', name: 'Authorization' },
          APIKeyCookie: { type: 'apiKey', in: 'cookie', name: 'bluesky_httpserver_api_key' },
        },
      },
    },
  })
  app.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger())
  for (const path of ['/docs', '/redoc'])
    app.get(path, { schema: { hide: true } }, async (_request, reply) =>
      reply
        .type('text/html; charset=utf-8')
        .header('Content-Security-Policy', "default-src 'none'; style-src 'unsafe-inline'")
        .send(docsPage(app.swagger())),
    )
}

interface Described {
  readonly paths?: Readonly<Record<string, unknown>>
  readonly info?: { readonly title?: string }
}

function docsPage(document: Described): string {
  const rows = Object.entries(document.paths ?? {}).flatMap(([path, methods]) =>
    Object.entries((methods ?? {}) as Record<string, { summary?: string }>).map(
      ([method, { summary = '' }]) =>
        `<tr><td><b>${method.toUpperCase()}</b></td><td><code>${escapeHtml(path)}</code></td><td>${escapeHtml(summary)}</td></tr>`,
    ),
  )
  const style =
    'body{font:14px/1.5 system-ui;margin:2em;max-width:70em}table{border-collapse:collapse}td{padding:.2em .8em;border-bottom:1px solid #ddd}'
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>${escapeHtml(document.info?.title ?? '')}</title><style>${style}</style><h1>${escapeHtml(document.info?.title ?? '')}</h1><p>Machine-readable: <a href="/openapi.json">/openapi.json</a></p><table>${rows.join('')}</table></html>`
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
