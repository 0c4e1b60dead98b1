import type {} from '@fastify/swagger'
import type { FastifyInstance } from 'fastify'
import { notFound } from '../error.ts'
import { auditRequest } from '../http/audit-request.ts'
import { servicesAnswer } from '../live/channels/services.ts'
import type { AuditLog } from '../services/audit-log.ts'
import type { LogFiles } from '../services/log-files.ts'
import type { ServiceWatch } from '../services/service-watch.ts'
import type { Supervisor } from '../services/supervisor.ts'
import type { AuditPage, LogsPage, ServicesAnswer } from '../ui-types.ts'
import { integerOf, textOf } from './query.ts'
import type { Query } from './query.ts'

export interface ServiceRoutesOptions {
  readonly watch: ServiceWatch
  readonly logs: LogFiles
  readonly supervisor: Supervisor
  readonly audit: AuditLog
}

/** States, logs and restart of the services, and the audit log. */
export function serviceRoutes({ watch, logs, supervisor, audit }: ServiceRoutesOptions) {
  return async (app: FastifyInstance): Promise<void> => {
    const tags = ['ui']
    app.get(
      '/services',
      { config: { scopes: ['read:status'] }, schema: { summary: 'States of all services.', tags } },
      async (): Promise<ServicesAnswer> => servicesAnswer(watch, supervisor),
    )
    app.get<{ Params: { role: string }; Querystring: Query }>(
      '/services/:role/logs',
      { config: { scopes: ['read:monitor'] }, schema: { summary: 'Log lines of a service.', tags } },
      async ({ params, query }): Promise<LogsPage> => {
        const page = await logs.page(params.role, {
          level: textOf(query, 'level'),
          q: textOf(query, 'q'),
          before: textOf(query, 'before'),
          limit: integerOf(query, 'limit', { default: 200, min: 1, max: 2_000 }),
        })
        if (page === null) throw notFound(`There is no log of '${params.role}'.`)
        return page
      },
    )
    app.post<{ Params: { role: string } }>(
      '/services/:role/restart',
      { config: { scopes: ['write:config'] }, schema: { summary: 'Restarts a service.', tags } },
      async (request) => {
        const { role } = request.params
        if (!watch.states.some((one) => one.role === role)) throw notFound(`There is no service '${role}'.`)
        const result = await supervisor.restart(role)
        auditRequest(audit, request, { method: `service_restart ${role}`, ok: result.ok, msg: result.detail })
        return { success: result.ok, msg: result.detail }
      },
    )
    app.get<{ Querystring: Query }>(
      '/audit',
      { config: { scopes: ['read:monitor'] }, schema: { summary: 'Who did what, newest first.', tags } },
      async ({ query }): Promise<AuditPage> =>
        audit.page({
          limit: integerOf(query, 'limit', { default: 100, min: 1, max: 1_000 }),
          before: textOf(query, 'before'),
          user: textOf(query, 'user'),
          method: textOf(query, 'method'),
          q: textOf(query, 'q'),
        }),
    )
  }
}
