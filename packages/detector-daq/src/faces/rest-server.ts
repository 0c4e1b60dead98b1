import fastify, { type FastifyInstance } from 'fastify'
import { DaqError } from '../error.ts'
import type { Daq } from '../service/daq.ts'
import type { ListenAddress } from '../service/daq-settings.ts'
import { addDetectorRoutes } from './routes-detector.ts'
import { addG1Routes } from './routes-g1.ts'
import { addG2Routes, syncLimitMs } from './routes-g2.ts'
import { addG3Routes } from './routes-g3.ts'
import { addImageRoutes } from './routes-image.ts'
import { addMaskRoutes } from './routes-mask.ts'
import { addPictureRoutes } from './routes-picture.ts'
import { addPlatformRoutes } from './routes-platform.ts'
import { failed } from './reply.ts'

export interface RestServer {
  readonly url: string
  close(): Promise<void>
}

const bodyBytes = 1_048_576

function corsHeaders(app: FastifyInstance): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.header('access-control-allow-origin', '*')
    reply.header('access-control-allow-methods', '*')
    reply.header('access-control-allow-headers', '*')
    if (request.method === 'OPTIONS') return reply.code(204).send()
    return undefined
  })
  app.options('/*', (_request, reply) => reply.code(204).send())
}

/** Serves all generations of the REST interface. Rejects with DAQ_PORT_TAKEN. */
export async function openRestServer(
  daq: Daq,
  address: ListenAddress,
  options: { readonly syncLimitMs?: number } = {},
): Promise<RestServer> {
  const app = fastify({ bodyLimit: bodyBytes, forceCloseConnections: true, exposeHeadRoutes: false })
  // Clients send JSON under any content type, or nothing at all.
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => {
    if (body.length === 0) return done(null, {})
    try {
      return done(null, JSON.parse(body.toString()) as unknown)
    } catch {
      return done(null, { _: 'not JSON' })
    }
  })
  corsHeaders(app)
  app.setErrorHandler((error, _request, reply) => reply.code(200).send(failed(error)))
  const limits = { syncLimitMs: options.syncLimitMs ?? syncLimitMs }
  addDetectorRoutes(app, daq)
  addG1Routes(app, daq, limits)
  addG2Routes(app, daq, limits)
  addG3Routes(app, daq)
  addPlatformRoutes(app, daq)
  addImageRoutes(app, daq)
  addMaskRoutes(app, daq)
  addPictureRoutes(app, daq)
  try {
    return { url: await app.listen(address), close: () => app.close() }
  } catch (cause) {
    await app.close()
    throw new DaqError({
      code: 'DAQ_PORT_TAKEN',
      message: `${address.host}:${address.port} cannot be listened on: ${cause instanceof Error ? cause.message : String(cause)}`,
      fault: 'environment',
      remedy: `Change rest of daq.${daq.config.detector_name}, or stop the program that uses the port.`,
      key: 'rest',
      cause,
    })
  }
}
