import { pyRepr } from '@beamtime/python-notation'
import { badBody, badRequest } from '../error.ts'
import type { Identity } from '../auth/identity.ts'
import { objectBody } from '../http/body.ts'
import type { ManagerRoute } from './manager-route.ts'

export interface CallRequest {
  readonly body: unknown
  readonly query: Readonly<Record<string, unknown>>
  readonly caller: Identity
}

export interface ManagerCall {
  readonly params: Readonly<Record<string, unknown>>
  /** Values of the keys that the server takes out. */
  readonly ours: Readonly<Record<string, unknown>>
}

/** Makes the parameters of the manager's call from a request, or throws 400 or 422 as the peers do. */
export function callParameters(route: ManagerRoute, request: CallRequest): ManagerCall {
  const fromQuery = route.http === 'GET' ? queryParameters(request.query) : {}
  if (route.bodyRequired === true && request.body === undefined && Object.keys(fromQuery).length === 0)
    throw badBody('field required')
  const given: Record<string, unknown> = { ...fromQuery, ...objectBody(request.body) }
  if (route.sets === 'user' || route.sets === 'user-and-group') delete given['user']
  if (route.sets === 'group' || route.sets === 'user-and-group') delete given['user_group']
  const unchecked = route.uncheckedWithout !== undefined && !Object.hasOwn(given, route.uncheckedWithout)
  if (!unchecked) checkKeys(route, given)
  const ours: Record<string, unknown> = {}
  for (const key of route.ours ?? []) {
    ours[key] = given[key]
    delete given[key]
  }
  return { params: { ...given, ...route.fixed, ...userFields(route, request.caller) }, ours }
}

function userFields(route: ManagerRoute, caller: Identity): Record<string, string> {
  const { name, group } = caller.user
  const user = route.sets === 'user' || route.sets === 'user-and-group' ? { user: name } : {}
  return route.sets === 'group' || route.sets === 'user-and-group' ? { ...user, user_group: group } : user
}

function checkKeys(route: ManagerRoute, given: Readonly<Record<string, unknown>>): void {
  const known = new Set([
    ...(route.keys ?? []),
    ...(route.ours ?? []),
    ...(route.lock === true ? ['lock_key'] : []),
  ])
  // Without `mode` all other keys are the mode.
  if (route.call === 'queue_mode_set' && !Object.hasOwn(given, 'mode')) return
  const unknown = Object.keys(given).filter((key) => !known.has(key))
  const [first] = unknown
  if (first !== undefined) {
    if (route.keyErrors === 'set')
      throw badRequest(
        `Request contains keys the are not supported: {${unknown.map((key) => pyRepr(key)).join(', ')}}`,
      )
    throw badRequest(`${route.call}() got an unexpected keyword argument ${pyRepr(first)}`)
  }
  const missing = (route.must ?? []).filter((key) => !Object.hasOwn(given, key))
  if (missing.length > 0)
    throw badRequest(
      `${route.call}() missing ${missing.length} required positional argument${missing.length === 1 ? '' : 's'}: ${missing.map((key) => pyRepr(key)).join(', ')}`,
    )
}

/** Keys whose values are texts even when they look like numbers. */
const textKeys = new Set(['uid', 'task_uid', 'item_uid', 'last_msg_uid', 'lock_key', 'option'])
/** Never parameters. */
const otherKeys = new Set(['api_key', 'access_token', 'csrf'])

/** Query parameters as a parameter object: integers, booleans and null as such. */
export function queryParameters(query: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const entries = Object.entries(query)
    .filter(([key]) => !otherKeys.has(key))
    .map(([key, value]) => [key, textKeys.has(key) ? value : coerce(value)] as const)
  return Object.fromEntries(entries)
}

function coerce(value: unknown): unknown {
  if (typeof value !== 'string') return value
  switch (value.toLowerCase()) {
    case 'true':
      return true
    case 'false':
      return false
    case 'null':
    case 'none':
      return null
  }
  return /^-?\d{1,15}$/.test(value) ? Number(value) : value
}
