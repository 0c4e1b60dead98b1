import type { FastifyRequest } from 'fastify'
import type { AuditLog } from '../services/audit-log.ts'
import { callerOf } from './guard.ts'

export interface AuditedResult {
  readonly method: string
  readonly ok: boolean
  readonly msg?: string
  readonly itemUid?: string | null
}

/** Notes what the caller of a request did. */
export function auditRequest(audit: AuditLog, request: FastifyRequest, result: AuditedResult): void {
  const { user } = callerOf(request)
  audit.write({
    t: Date.now(),
    user: user.name,
    group: user.group,
    address: request.ip,
    method: result.method,
    item_uid: result.itemUid ?? null,
    ok: result.ok,
    msg: result.msg ?? '',
  })
}
