import { GatewayError } from '../error.ts'
import type { AuthModes } from '../ui-types.ts'
import type { Credential } from './credentials.ts'
import { nobody, publicUser, singleUser, singleUserName } from './identity.ts'
import type { Identity } from './identity.ts'
import type { LoginRecords } from './login-records.ts'
import { secretsEqual } from './secret-compare.ts'

export interface Authenticated {
  readonly identity: Identity
  /** What said who it is; `none` also for the public. */
  readonly via: 'api-key' | 'api-key-cookie' | 'login-cookie' | 'none'
  /** The value that `x-csrf` must have when the login cookie authenticates. */
  readonly csrf: string | null
}

/** Decides who a credential belongs to. One authority a gateway; further kinds of login are further cases here. */
export interface Authority {
  readonly modes: AuthModes
  /** Throws GATEWAY_UNAUTHORIZED (401) or GATEWAY_REQUEST_INVALID (400). */
  authenticate(credential: Credential): Authenticated
  /** Checks an API key that is to be exchanged for a login. Throws GATEWAY_UNAUTHORIZED. */
  loginWithKey(secret: string): {
    readonly identity: Identity
    readonly secret: string
    readonly csrf: string
  }
  logout(cookie: string): void
}

export function unauthorized(message: string, requiredScopes: readonly string[] = []): GatewayError {
  return new GatewayError({
    code: 'GATEWAY_UNAUTHORIZED',
    message,
    requiredScopes,
    remedy: 'Log in, or ask for the missing right.',
  })
}

/** Single-user mode: one key, and the public if that is allowed. */
export function singleUserAuthority(options: {
  readonly key: string
  readonly anonymous: boolean
  readonly group: string
  readonly logins: LoginRecords
}): Authority {
  const { key, anonymous, group, logins } = options
  const fallback = anonymous ? publicUser(group) : nobody(group)
  const owner = singleUser(group)
  const checkKey = (secret: string): void => {
    if (!secretsEqual(secret, key)) throw unauthorized('Invalid API key')
  }
  return {
    modes: { mode: 'single-user', anonymous, providers: [] },
    authenticate(credential) {
      switch (credential.kind) {
        case 'api-key':
          checkKey(credential.secret)
          return {
            identity: owner,
            via: credential.from === 'cookie' ? 'api-key-cookie' : 'api-key',
            csrf: null,
          }
        case 'bearer':
          throw unauthorized('Could not validate credentials')
        case 'malformed':
          throw new GatewayError({
            code: 'GATEWAY_REQUEST_INVALID',
            message: credential.detail,
            remedy: "Send 'Authorization: ApiKey SECRET'.",
          })
        case 'login-cookie': {
          // A login that ended is like none: the page shows the login form, not an error.
          const record = logins.find(credential.secret)
          if (record === null || record.user !== singleUserName)
            return { identity: fallback, via: 'none', csrf: null }
          return { identity: owner, via: 'login-cookie', csrf: record.csrf }
        }
        case 'none':
          return { identity: fallback, via: 'none', csrf: null }
      }
    },
    loginWithKey(secret) {
      checkKey(secret)
      return { identity: owner, ...logins.create(singleUserName) }
    },
    logout: (cookie) => {
      logins.remove(cookie)
    },
  }
}
