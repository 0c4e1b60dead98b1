import type {} from '@fastify/cookie'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { secretsEqual, newSecret } from '../auth/secret-compare.ts'
import { apiKeyCookie, csrfCookie, readCredential } from '../auth/credentials.ts'
import { unauthorized } from '../auth/authority.ts'
import type { Authenticated, Authority } from '../auth/authority.ts'
import type { Identity } from '../auth/identity.ts'
import type { Scope } from '../auth/scopes.ts'
import { GatewayError } from '../error.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Present on every API route: the scopes that a caller needs; [] = anybody. */
    readonly scopes?: readonly Scope[]
  }
  interface FastifyRequest {
    authenticated: Authenticated | null
    csrfToken: string
  }
}

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE'])

/** Checks who calls before the body is read, so that a storm of refused calls stays cheap. */
export function guardRoutes(app: FastifyInstance, authority: Authority, loginCookie: string): void {
  app.decorateRequest('authenticated', null)
  app.decorateRequest('csrfToken', '')
  app.addHook('onRequest', async (request, reply) => {
    // Hashed files are kept by caches, which must not keep a cookie with them.
    if (!request.url.startsWith('/assets/')) ensureCsrfCookie(request, reply)
    const { scopes } = request.routeOptions.config
    if (scopes === undefined) return
    const authenticated = authority.authenticate(credentialOf(request, loginCookie))
    request.authenticated = authenticated
    rememberQueryKey(request, reply, authenticated)
    checkCsrf(request, authenticated)
    checkScopes(authenticated.identity, scopes)
  })
}

/** The caller of a guarded route. */
export function callerOf(request: FastifyRequest): Identity {
  if (request.authenticated === null) throw new Error(`route ${request.routeOptions.url ?? ''} has no scopes`)
  return request.authenticated.identity
}

/** Throws 401 in the words that the peers' clients look for. */
export function checkScopes(identity: Identity, required: readonly string[]): void {
  if (required.every((scope) => identity.scopes.has(scope))) return
  const list = (names: Iterable<string>): string => `[${[...names].map((name) => `'${name}'`).join(', ')}]`
  throw unauthorized(
    `Not enough permissions. Requires scopes ${list(required)}. Request had scopes ${list([...identity.scopes].toSorted())}`,
    required,
  )
}

function credentialOf(request: FastifyRequest, loginCookie: string): ReturnType<typeof readCredential> {
  const query = request.query as Record<string, unknown>
  const key = query['api_key']
  return readCredential({
    queryApiKey: typeof key === 'string' ? key : undefined,
    authorization: request.headers.authorization,
    apiKeyCookie: request.cookies[apiKeyCookie],
    loginCookie: request.cookies[loginCookie],
  })
}

function ensureCsrfCookie(request: FastifyRequest, reply: FastifyReply): void {
  const present = request.cookies[csrfCookie]
  request.csrfToken = present === undefined || present === '' ? newSecret() : present
  if (present === request.csrfToken) return
  void reply.setCookie(csrfCookie, request.csrfToken, cookieOptions(request, 'lax'))
}

function rememberQueryKey(request: FastifyRequest, reply: FastifyReply, how: Authenticated): void {
  const key = (request.query as Record<string, unknown>)['api_key']
  if (how.via === 'api-key' && typeof key === 'string')
    void reply.setCookie(apiKeyCookie, key, cookieOptions(request, 'lax'))
}

export function cookieOptions(
  request: FastifyRequest,
  sameSite: 'lax' | 'strict',
): { httpOnly: true; path: '/'; sameSite: 'lax' | 'strict'; secure: boolean } {
  return { httpOnly: true, path: '/', sameSite, secure: request.protocol === 'https' }
}

/** Cookies authenticate writes only together with a value that another site cannot know. */
function checkCsrf(request: FastifyRequest, how: Authenticated): void {
  if (safeMethods.has(request.method)) return
  const query = (request.query as Record<string, unknown>)['csrf']
  const header = request.headers['x-csrf']
  const sent = typeof header === 'string' ? header : typeof query === 'string' ? query : null
  switch (how.via) {
    case 'none':
    case 'api-key':
      return
    case 'login-cookie':
      compareCsrf(sent, how.csrf)
      return
    case 'api-key-cookie':
      compareCsrf(sent, request.cookies[csrfCookie] ?? null)
  }
}

function compareCsrf(sent: string | null, expected: string | null): void {
  if (expected === null) throw csrfRefused('Expected tiled_csrf_token cookie')
  if (sent === null) throw csrfRefused('Expected csrf query parameter or x-csrf header')
  if (!secretsEqual(sent, expected)) throw csrfRefused('Double-submit CSRF tokens do not match')
}

function csrfRefused(message: string): GatewayError {
  return new GatewayError({
    code: 'GATEWAY_CSRF',
    message,
    remedy: 'Send the value of GET /api/auth/csrf as header x-csrf.',
  })
}
