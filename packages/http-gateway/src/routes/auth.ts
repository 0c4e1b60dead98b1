import type {} from '@fastify/swagger'
import type { FastifyInstance } from 'fastify'
import type { Authority } from '../auth/authority.ts'
import { apiKeyCookie, csrfCookie } from '../auth/credentials.ts'
import { callerOf } from '../http/guard.ts'
import type { Identity } from '../auth/identity.ts'

export interface AuthRoutesOptions {
  readonly authority: Authority
  readonly loginCookie: string
}

/** Who am I, what may I do, and how can one log in. Token and key routes come with the providers. */
export function authRoutes({ authority, loginCookie }: AuthRoutesOptions) {
  return async (app: FastifyInstance): Promise<void> => {
    const config = { scopes: [] } as const
    const tags = ['auth']
    app.get(
      '/providers',
      { config, schema: { summary: 'Ways to log in.', tags } },
      async () => authority.modes,
    )
    app.get(
      '/scopes',
      { config, schema: { summary: 'Roles and scopes of the caller.', tags } },
      async (request) => {
        const { roles, scopes } = callerOf(request)
        return { roles: roles.toSorted(), scopes: [...scopes].toSorted() }
      },
    )
    app.get(
      '/whoami',
      { config, schema: { summary: 'The principal of the caller, or null.', tags } },
      async (request, reply) => {
        // A bare `null` needs the type said: Fastify would send an empty body.
        return await reply.type('application/json').send(JSON.stringify(principalOf(callerOf(request))))
      },
    )
    app.get(
      '/csrf',
      { config, schema: { summary: 'The value for the header x-csrf.', tags } },
      async (request) => ({
        csrf: request.authenticated?.csrf ?? request.csrfToken,
      }),
    )
    app.post(
      '/logout',
      { config: {}, schema: { summary: 'Deletes the cookies.', tags } },
      async (request, reply) => {
        const login = request.cookies[loginCookie]
        if (login !== undefined) authority.logout(login)
        for (const name of [apiKeyCookie, csrfCookie, loginCookie])
          void reply.clearCookie(name, { path: '/' })
        return {}
      },
    )
  }
}

/** The single user has no row in any database; its principal is made up and always the same. */
const singleUserUuid = '00000000-0000-4000-8000-000000000001'

function principalOf({ user, roles, scopes }: Identity): Record<string, unknown> | null {
  if (user.kind === 'public') return null
  return {
    uuid: singleUserUuid,
    type: 'user',
    identities: [{ id: user.name, provider: user.kind, latest_login: null }],
    api_keys: [],
    sessions: [],
    latest_activity: null,
    roles,
    scopes: [...scopes].toSorted(),
    api_key_scopes: null,
  }
}
