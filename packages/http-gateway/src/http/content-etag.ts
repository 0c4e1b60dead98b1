import type { FastifyInstance } from 'fastify'
import { contentVersion, notModified } from './etag.ts'

/** Answers larger than this are not hashed: they are windows of data that nobody asks for twice. */
const maxHashedBytes = 1024 * 1024

/** Gives JSON answers of GET routes an ETag made of their content, unless the route set a better one. */
export function addContentEtags(app: FastifyInstance): void {
  app.addHook('onSend', async (request, reply, payload) => {
    if (request.method !== 'GET' || reply.statusCode !== 200 || typeof payload !== 'string') return payload
    if (request.routeOptions.config.scopes === undefined || reply.hasHeader('ETag')) return payload
    if (payload.length > maxHashedBytes) return payload
    if (!notModified(request, reply, contentVersion(payload))) return payload
    void reply.code(304).removeHeader('content-type').removeHeader('content-length')
    return ''
  })
}
