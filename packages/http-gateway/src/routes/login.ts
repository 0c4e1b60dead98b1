import type {} from '@fastify/swagger'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { unauthorized } from '../auth/authority.ts'
import type { Authority } from '../auth/authority.ts'
import { loginLifeMs } from '../auth/login-records.ts'
import { badBody } from '../error.ts'
import { objectBody } from '../http/body.ts'
import { cookieOptions } from '../http/guard.ts'
import type { AuditLog } from '../services/audit-log.ts'
import type { LoginAnswer } from '../ui-types.ts'
import { failureDelays } from '../auth/failure-delays.ts'

export interface LoginRoutesOptions {
  readonly authority: Authority
  readonly audit: AuditLog
  readonly loginCookie: string
}

/** Login of browsers: a record on the server, a cookie that only it can read. */
export function loginRoutes({ authority, audit, loginCookie }: LoginRoutesOptions) {
  const delays = failureDelays()
  return async (app: FastifyInstance): Promise<void> => {
    const tags = ['ui']
    app.post(
      '/ui/login',
      { schema: { summary: 'Logs a browser in.', tags } },
      async (request, reply): Promise<LoginAnswer> => {
        const { api_key: key, username } = objectBody(request.body)
        if (typeof username === 'string')
          throw unauthorized(
            'No login provider is configured: log in with the key that was printed at the start.',
          )
        if (typeof key !== 'string') throw badBody('field required', ['body', 'api_key'])
        await delays.wait(request.ip)
        try {
          const { identity, secret, csrf } = authority.loginWithKey(key.trim())
          const maxAge = loginLifeMs / 1_000
          void reply.setCookie(loginCookie, secret, { ...cookieOptions(request, 'strict'), maxAge })
          note(audit, request, { user: identity.user.name, group: identity.user.group, ok: true })
          return { user: identity.user, scopes: [...identity.scopes].toSorted(), roles: identity.roles, csrf }
        } catch (error) {
          delays.failed(request.ip)
          note(audit, request, { user: 'unknown', group: '', ok: false })
          throw error
        }
      },
    )
    app.post(
      '/ui/logout',
      { schema: { summary: 'Ends the login of this browser.', tags } },
      async (request, reply) => {
        const secret = request.cookies[loginCookie]
        if (secret !== undefined) authority.logout(secret)
        void reply.clearCookie(loginCookie, { path: '/' })
        return {}
      },
    )
  }
}

function note(
  audit: AuditLog,
  request: FastifyRequest,
  who: { readonly user: string; readonly group: string; readonly ok: boolean },
): void {
  audit.write({ t: Date.now(), ...who, address: request.ip, method: 'login', item_uid: null, msg: '' })
}
