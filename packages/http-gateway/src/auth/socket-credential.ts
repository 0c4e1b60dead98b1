import type { IncomingMessage } from 'node:http'
import { apiKeyCookie, readAuthorization } from './credentials.ts'
import type { Credential } from './credentials.ts'

/** The subprotocol that carries a secret for clients that can set neither header nor cookie. */
export const tokenProtocol = 'qserver.token'

export type SocketCredential = Credential | { readonly kind: 'first-message' }

export interface SocketCredentialOptions {
  readonly loginCookie: string
  readonly allowOrigins: readonly string[]
}

/** What a WebSocket handshake brings. Cookies count only from our own pages and allowed origins: browsers send them from everywhere. */
export function socketCredential(
  request: IncomingMessage,
  options: SocketCredentialOptions,
): SocketCredential {
  const query = new URLSearchParams(request.url?.split('?', 2)[1] ?? '')
  const { authorization } = request.headers
  if (authorization !== undefined) return readAuthorization(authorization)
  const apiKey = query.get('api_key')
  if (apiKey !== null) return { kind: 'api-key', secret: apiKey, from: 'query' }
  const accessToken = query.get('access_token')
  if (accessToken !== null) return { kind: 'bearer', token: accessToken }
  const protocols = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((one) => one.trim())
  const [protocol, secret] = protocols
  if (protocol === tokenProtocol && secret !== undefined) return secretCredential(secret)
  const fromCookie = isOwnOrigin(request, options.allowOrigins) ? cookieCredential(request, options) : null
  if (fromCookie !== null) return fromCookie
  return query.get('auth') === 'message' ? { kind: 'first-message' } : { kind: 'none' }
}

/** A secret with dots is a token, one without is an API key. */
function secretCredential(secret: string): Credential {
  return secret.includes('.')
    ? { kind: 'bearer', token: secret }
    : { kind: 'api-key', secret, from: 'header' }
}

function cookieCredential(request: IncomingMessage, options: SocketCredentialOptions): Credential | null {
  const cookies = new Map(
    (request.headers.cookie ?? '').split(';').map((pair) => {
      const at = pair.indexOf('=')
      return [pair.slice(0, at).trim(), decodeCookie(pair.slice(at + 1).trim())] as const
    }),
  )
  const key = cookies.get(apiKeyCookie)
  if (key !== undefined) return { kind: 'api-key', secret: key, from: 'cookie' }
  const login = cookies.get(options.loginCookie)
  return login === undefined ? null : { kind: 'login-cookie', secret: login }
}

function decodeCookie(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch (error) {
    if (error instanceof URIError) return value
    throw error
  }
}

function isOwnOrigin(request: IncomingMessage, allowOrigins: readonly string[]): boolean {
  const { origin, host } = request.headers
  if (origin === undefined) return false
  if (allowOrigins.includes(origin)) return true
  return URL.canParse(origin) && new URL(origin).host === host
}
