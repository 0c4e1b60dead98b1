import type {} from '@fastify/swagger'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { pyRepr } from '@beamtime/python-notation'
import type { ManagerReply } from '@beamtime/queue-client'
import { badRequest } from '../error.ts'
import { auditRequest } from '../http/audit-request.ts'
import { isRecord } from '../http/body.ts'
import { notModified } from '../http/etag.ts'
import { callerOf } from '../http/guard.ts'
import type { QueueLink } from '../queue/queue-link.ts'
import type { AuditLog } from '../services/audit-log.ts'
import { callParameters } from './call-parameters.ts'
import { engineRoutes } from './engine-routes.ts'
import type { ManagerRoute } from './manager-route.ts'
import { queueRoutes } from './queue-routes.ts'
import { reducedPlans } from './reduced-plans.ts'
import { taskRoutes, testRoutes } from './task-routes.ts'

const managerRoutes = [...queueRoutes, ...engineRoutes, ...taskRoutes]

export interface ManagerCallsOptions {
  readonly link: QueueLink
  readonly audit: AuditLog
  readonly testing: boolean
}

/** The routes that hand one call to the manager, below the prefix of the plugin. */
export function managerCalls(options: ManagerCallsOptions) {
  return async (app: FastifyInstance): Promise<void> => {
    for (const route of [...managerRoutes, ...(options.testing ? testRoutes : [])])
      app.route({
        method: route.http,
        url: route.path,
        // Below /api the route `/` is /api/ alone; /api is redirected there.
        prefixTrailingSlash: 'slash',
        config: { scopes: [route.scope] },
        schema: { summary: route.doc, tags: ['manager'] },
        handler: (request, reply) => handle(route, options, { request, reply }),
      })
    app.get<{ Params: { uid: string } }>('/queue/item/:uid', {
      config: { scopes: ['read:queue'] },
      schema: { summary: 'One item.', tags: ['manager'] },
      handler: (request) => options.link.read('queue_item_get', { uid: request.params.uid }),
    })
  }
}

async function handle(
  route: ManagerRoute,
  { link, audit }: ManagerCallsOptions,
  http: { readonly request: FastifyRequest; readonly reply: FastifyReply },
): Promise<ManagerReply | undefined> {
  const { request, reply } = http
  const { params, ours } = callParameters(route, {
    body: request.body,
    query: request.query as Record<string, unknown>,
    caller: callerOf(request),
  })
  if (route.call === 're_runs') checkRunsOption(params['option'])
  if (route.http === 'POST' && route.scope.startsWith('write:'))
    return await callAudited(link, audit, { route, request, params: adjusted(route, params) })
  const answer = await (route.shared === true ? link.read(route.call, params) : link.call(route.call, params))
  if (route.version !== undefined && sameVersion(route, answer, http)) {
    await reply.code(304).send()
    return undefined
  }
  return ours['reduced'] === true ? withReducedPlans(answer) : answer
}

async function callAudited(
  link: QueueLink,
  audit: AuditLog,
  call: {
    readonly route: ManagerRoute
    readonly request: FastifyRequest
    readonly params: Readonly<Record<string, unknown>>
  },
): Promise<ManagerReply> {
  const method = call.route.call
  try {
    const reply = await link.call(method, call.params)
    const item = isRecord(reply['item']) ? reply['item'] : call.params['item']
    const itemUid = isRecord(item) && typeof item['item_uid'] === 'string' ? item['item_uid'] : null
    const msg = reply.msg ?? ''
    auditRequest(audit, call.request, { method, ok: reply.success !== false, msg, itemUid })
    return reply
  } catch (error) {
    auditRequest(audit, call.request, { method, ok: false, msg: error instanceof Error ? error.message : '' })
    throw error
  }
}

/** `queue/mode/set` without `mode`: the other keys are the mode. */
function adjusted(
  route: ManagerRoute,
  params: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  if (route.call !== 'queue_mode_set' || Object.hasOwn(params, 'mode')) return params
  const { lock_key: lockKey, ...mode } = params
  return lockKey === undefined ? { mode } : { mode, lock_key: lockKey }
}

const runOptions: readonly unknown[] = [undefined, null, 'active', 'open', 'closed']

function checkRunsOption(option: unknown): void {
  if (!runOptions.includes(option))
    throw badRequest(
      `Option ${pyRepr(option)} is not supported. Available options: ('active', 'open', 'closed')`,
    )
}

function sameVersion(
  route: ManagerRoute,
  answer: ManagerReply,
  { request, reply }: { readonly request: FastifyRequest; readonly reply: FastifyReply },
): boolean {
  const uid = answer[route.version ?? '']
  if (typeof uid !== 'string' || uid === '' || answer.success === false) return false
  // The query changes the shape of the answer (`reduced`), so it is part of the version.
  const query = request.url.split('?', 2)[1]
  return notModified(
    request,
    reply,
    query === undefined ? uid : `${uid}.${Buffer.from(query).toString('base64url')}`,
  )
}

function withReducedPlans(answer: ManagerReply): ManagerReply {
  const key = 'plans_allowed' in answer ? 'plans_allowed' : 'plans_existing'
  return { ...answer, [key]: reducedPlans(answer[key]) }
}
