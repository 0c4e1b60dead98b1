import cookie from '@fastify/cookie'
import Fastify from 'fastify'
import type { FastifyInstance } from 'fastify'
import type { GatewayParts } from './parts.ts'
import { errorHandler } from './http/answers.ts'
import { bodyLimitBytes, readBodies } from './http/body.ts'
import { addContentEtags } from './http/content-etag.ts'
import { allowOrigins } from './http/cors.ts'
import { guardRoutes } from './http/guard.ts'
import { measureRequests } from './http/request-metrics.ts'
import { answerUnknown, keepRouteBook } from './http/route-book.ts'
import { addCommonHeaders } from './http/security-headers.ts'
import { authRoutes } from './routes/auth.ts'
import { bootstrapRoutes } from './routes/bootstrap.ts'
import { consoleRoutes } from './routes/console.ts'
import { describeRoutes } from './routes/docs.ts'
import { h5Routes } from './routes/h5.ts'
import { historyRoutes } from './routes/history.ts'
import { livedataRoutes } from './routes/livedata.ts'
import { loginRoutes } from './routes/login.ts'
import { managerCalls } from './routes/manager-calls.ts'
import { detectorMaskRoutes } from './routes/detector-masks.ts'
import { detectorRoutes } from './routes/detectors.ts'
import { groupRoutes } from './routes/groups.ts'
import { operationsRoutes } from './routes/operations.ts'
import { planRoutes } from './routes/plans.ts'
import { replayRoutes } from './routes/replay.ts'
import { runRoutes } from './routes/runs.ts'
import { serviceRoutes } from './routes/services.ts'
import { settingsRoutes } from './routes/settings.ts'
import { serveWebFiles } from './routes/static-files.ts'
import { schemaRoutes } from './routes/schemas.ts'
import { topicRoutes } from './routes/topics.ts'
import type { PlaceOf, WebFiles } from './routes/static-files.ts'
import { testingRoutes } from './routes/testing.ts'

export interface GatewayApp {
  readonly app: FastifyInstance
  readonly web: WebFiles
}

/** Assembles the HTTP side of a gateway. Sockets are served by `serveSockets`. */
export async function buildApp(parts: GatewayParts, placeOf: PlaceOf): Promise<GatewayApp> {
  const { config } = parts
  const app = Fastify({
    logger: false,
    bodyLimit: bodyLimitBytes,
    trustProxy: [...config.http.forwarded_allow_ips],
    forceCloseConnections: true,
    return503OnClosing: true,
    routerOptions: { ignoreTrailingSlash: false, maxParamLength: 200 },
    ajv: { customOptions: { coerceTypes: false, useDefaults: false, removeAdditional: false } },
    ...(parts.tls === null ? {} : { https: parts.tls }),
  }) as unknown as FastifyInstance
  app.setErrorHandler(errorHandler(parts.log))
  readBodies(app)
  const book = keepRouteBook(app)
  await app.register(cookie)
  addCommonHeaders(app)
  allowOrigins(app, config.http.allow_origins)
  guardRoutes(app, parts.authority, parts.loginCookie)
  addContentEtags(app)
  measureRequests(app, parts.metrics)
  await describeRoutes(app, config.build.version)

  await app.register(operationsRoutes({ ...parts, watch: parts.services, version: parts.versionInfo }))
  await app.register(managerCalls({ ...parts, testing: config.http.testing }), { prefix: '/api' })
  await app.register(consoleRoutes(parts.console), { prefix: '/api' })
  await app.register(authRoutes(parts), { prefix: '/api/auth' })
  await app.register(loginRoutes(parts), { prefix: '/api' })
  await app.register(historyRoutes(parts.history), { prefix: '/api' })
  await app.register(planRoutes(parts), { prefix: '/api' })
  await app.register(runRoutes(parts), { prefix: '/api' })
  await app.register(detectorRoutes(parts), { prefix: '/api' })
  await app.register(detectorMaskRoutes(parts), { prefix: '/api' })
  await app.register(livedataRoutes(parts), { prefix: '/api' })
  await app.register(h5Routes({ reader: parts.files, roots: config.http.file_roots }), { prefix: '/api' })
  await app.register(serviceRoutes({ ...parts, watch: parts.services }), { prefix: '/api' })
  await app.register(settingsRoutes(parts.settings), { prefix: '/api' })
  if (parts.streams !== null) {
    const streams = { streams: parts.streams, audit: parts.audit }
    for (const routes of [topicRoutes, groupRoutes, schemaRoutes, replayRoutes])
      await app.register(routes(streams), { prefix: '/api' })
  }
  if (config.http.testing) await app.register(testingRoutes, { prefix: '/api' })
  for (const other of parts.otherLinks)
    await app.register(managerCalls({ ...parts, link: other, testing: false }), {
      prefix: `/q/${other.name}/api`,
    })

  const web = await serveWebFiles(app, { root: config.webRoot, build: config.build.version, placeOf })
  await app.register(bootstrapRoutes(parts, web), { prefix: '/api' })
  // A folder is no file for the static files, so the root needs a route of its own.
  app.get('/', { schema: { hide: true } }, (request, reply) => {
    if (!web.servePage(request, reply)) reply.callNotFound()
    return reply
  })
  const unknown = answerUnknown(book)
  app.setNotFoundHandler((request, reply) =>
    web.servePage(request, reply) ? reply : unknown(request, reply),
  )
  return { app, web }
}
