import { createHash } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'

/** Sets `ETag` and says whether the client has this version already; then answer 304 without a body. */
export function notModified(request: FastifyRequest, reply: FastifyReply, version: string): boolean {
  const tag = `"${version}"`
  void reply.header('ETag', tag)
  void reply.header('Cache-Control', 'no-cache')
  const asked = request.headers['if-none-match']
  if (asked === undefined) return false
  return asked
    .split(',')
    .map((one) => one.trim().replace(/^W\//, ''))
    .some((one) => one === '*' || one === tag || one === version)
}

/** A version made of the content itself. */
export function contentVersion(content: string): string {
  return createHash('md5').update(content).digest('hex')
}
