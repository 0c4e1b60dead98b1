import type { UserInfo } from '../ui-types.ts'
import { scopesOf } from './scopes.ts'
import type { RoleName } from './scopes.ts'

/** Who makes a request, and what they may do. Computed for each request, so that a change of rights takes effect at once. */
export interface Identity {
  readonly user: UserInfo
  readonly roles: readonly string[]
  readonly scopes: ReadonlySet<string>
}

/** Names under which the manager sees the two special users. */
export const singleUserName = 'UNAUTHENTICATED_SINGLE_USER'
const publicUserName = 'UNAUTHENTICATED_PUBLIC'

export function singleUser(group: string): Identity {
  return special({ name: singleUserName, label: 'operator', group, kind: 'single-user' }, [
    'unauthenticated_single_user',
  ])
}

export function publicUser(group: string): Identity {
  return special({ name: publicUserName, label: 'public', group, kind: 'public' }, ['unauthenticated_public'])
}

/** Nobody: only routes without a required scope work. */
export function nobody(group: string): Identity {
  return special({ name: publicUserName, label: 'nobody', group, kind: 'public' }, [])
}

function special(user: UserInfo, roles: readonly RoleName[]): Identity {
  return { user, roles, scopes: new Set(scopesOf(roles)) }
}
