import type { FastifyInstance } from 'fastify'
import { badBody } from '../error.ts'

/** Accepted size of a request body; batch adds and scripts can be large. */
export const bodyLimitBytes = 64 * 1024 * 1024

/** What stood in a body that is not JSON. Routes that want an object refuse it. */
export class ForeignBody {
  readonly contentType: string
  readonly bytes: Buffer
  constructor(contentType: string, bytes: Buffer) {
    this.contentType = contentType
    this.bytes = bytes
  }
}

/**
 * Reads bodies as the clients of the Bluesky HTTP Server send them: also on GET and DELETE; absent, empty and `null`
 * bodies are all `undefined`; JSON without a content type is JSON.
 */
export function readBodies(app: FastifyInstance): void {
  app.addHttpMethod('GET', { hasBody: true, overrideExisting: true })
  app.addHttpMethod('DELETE', { hasBody: true, overrideExisting: true })
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: bodyLimitBytes }, (request, bytes, done) => {
    try {
      done(null, parseBody(request.headers['content-type'] ?? '', bytes as Buffer))
    } catch (error) {
      done(error as Error)
    }
  })
}

function parseBody(contentType: string, bytes: Buffer): unknown {
  if (bytes.length === 0) return undefined
  const type = contentType.split(';', 1)[0]?.trim().toLowerCase() ?? ''
  if (type !== '' && type !== 'application/json' && !type.endsWith('+json'))
    return new ForeignBody(type, bytes)
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (error) {
    throw badBody(`JSON decode error: ${error instanceof Error ? error.message : 'malformed'}`)
  }
  return value ?? undefined
}

/** The body as an object; absent = {}. Throws GATEWAY_BODY_INVALID (422) for anything else. */
export function objectBody(body: unknown): Record<string, unknown> {
  if (body === undefined || body === null) return {}
  if (isRecord(body)) return body
  throw badBody('value is not a valid dict')
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof ForeignBody)
  )
}
