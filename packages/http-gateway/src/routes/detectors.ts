import type {} from '@fastify/swagger'
import type { FastifyInstance, FastifyReply } from 'fastify'
import type { DetectorAddress, DetectorWatch } from '../detectors/detector-watch.ts'
import { notFound, unavailable } from '../error.ts'
import { auditRequest } from '../http/audit-request.ts'
import { objectBody } from '../http/body.ts'
import type { AuditLog } from '../services/audit-log.ts'
import type { DetectorInfo } from '../ui-types.ts'

export interface DetectorParts {
  readonly addresses: readonly DetectorAddress[]
  readonly watches: ReadonlyMap<string, DetectorWatch>
}

interface IdParams {
  readonly id: string
}

const reading = { scopes: ['read:monitor'] } as const
const tags = ['detectors']
const writerPaths = { start: '/writer/write_async', stop: '/writer/stop' } as const

/** States of the detectors, and their writer by hand. */
export function detectorRoutes({
  detectors,
  audit,
}: {
  readonly detectors: DetectorParts
  readonly audit: AuditLog
}) {
  const find = (id: string): DetectorWatch => {
    const found = detectors.watches.get(id)
    if (found === undefined) throw notFound(`There is no detector '${id}'.`)
    return found
  }
  const ask = async (
    id: string,
    reply: FastifyReply,
    what: { readonly path: string; readonly body?: unknown },
  ): Promise<unknown> => {
    const watch = find(id)
    try {
      const answer = await watch.call(what.path, what.body)
      void reply.code(answer.status)
      return answer.body
    } catch (error) {
      throw unavailable(`The detector '${id}' does not answer.`, error)
    }
  }
  return async (app: FastifyInstance): Promise<void> => {
    app.get(
      '/detectors',
      { config: reading, schema: { summary: 'Detectors and their states.', tags } },
      async (): Promise<readonly DetectorInfo[]> =>
        await Promise.all(detectors.addresses.map(async ({ id }) => ({ id, state: await find(id).look() }))),
    )
    app.get<{ Params: IdParams }>(
      '/detectors/:id/config',
      { config: reading, schema: { summary: 'Configuration of a detector.', tags } },
      async ({ params }, reply) => await ask(params.id, reply, { path: '/api/config/get' }),
    )
    app.get<{ Params: IdParams }>(
      '/detectors/:id/runs',
      { config: reading, schema: { summary: 'The last acquisitions, newest first.', tags } },
      async ({ params }, reply) => await ask(params.id, reply, { path: '/daq/logs/20' }),
    )
    for (const [action, path] of Object.entries(writerPaths))
      app.post<{ Params: IdParams }>(
        `/detectors/:id/writer/${action}`,
        {
          config: { scopes: ['write:manager:control'] },
          schema: { summary: `Writer by hand: ${action}.`, tags },
        },
        async (request, reply) => {
          const { id } = request.params
          const result = await ask(id, reply, { path, body: objectBody(request.body) })
          auditRequest(audit, request, {
            method: `detector_writer_${action} ${id}`,
            ok: reply.statusCode < 400,
          })
          return result
        },
      )
  }
}
