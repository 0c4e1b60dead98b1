import { pyRepr } from '@beamtime/python-notation'
import { QueueManagerError } from '../../error.ts'
import { isPlainObject, type PlainObject } from '../plain-object.ts'

const permissionLists = [
  'allowed_plans',
  'forbidden_plans',
  'allowed_devices',
  'forbidden_devices',
  'allowed_functions',
  'forbidden_functions',
] as const
type PermissionList = (typeof permissionLists)[number]

/** A list that is absent is empty. null stands for "everything" and counts only as the first entry. */
export type GroupPermissions = Readonly<Partial<Record<PermissionList, readonly (string | null)[]>>>

export interface UserGroupPermissions {
  readonly user_groups: Readonly<Record<string, GroupPermissions>>
}

/** Checks the form. Throws QUEUE_PERMISSIONS_MALFORMED with the words of the JSON schema of the queue server. */
export function parsePermissions(value: unknown): UserGroupPermissions {
  if (!isPlainObject(value)) throw malformed(`${pyRepr(value)} is not of type 'object'`)
  if (!Object.hasOwn(value, 'user_groups')) throw malformed("'user_groups' is a required property")
  refuseOtherKeys(value, ['user_groups'])
  const groups = value['user_groups']
  if (!isPlainObject(groups)) throw malformed(`${pyRepr(groups)} is not of type 'object'`)
  for (const group of Object.values(groups)) checkGroup(group)
  if (!Object.hasOwn(groups, 'root')) throw malformed(noRoot)
  return value as unknown as UserGroupPermissions
}

/** The quotes are those of a Python KeyError; clients compare with the inner text. */
const noRoot = `"User group permissions: Missing required user group: 'root'"`

function checkGroup(group: unknown): void {
  if (!isPlainObject(group)) throw malformed(`${pyRepr(group)} is not of type 'object'`)
  refuseOtherKeys(group, permissionLists)
  for (const list of Object.values(group)) {
    if (!Array.isArray(list)) throw malformed(`${pyRepr(list)} is not of type 'array'`)
    const odd: unknown = list.find((entry) => entry !== null && typeof entry !== 'string')
    if (odd !== undefined) throw malformed(`${pyRepr(odd)} is not of type 'string'`)
  }
}

function refuseOtherKeys(value: PlainObject, known: readonly string[]): void {
  const unknown = Object.keys(value).filter((key) => !known.includes(key))
  if (unknown.length === 0) return
  const verb = unknown.length === 1 ? 'was' : 'were'
  const names = unknown.map((key) => pyRepr(key)).join(', ')
  throw malformed(`Additional properties are not allowed (${names} ${verb} unexpected)`)
}

function malformed(message: string): QueueManagerError {
  return new QueueManagerError({
    code: 'QUEUE_PERMISSIONS_MALFORMED',
    message,
    fault: 'caller',
    remedy: 'Correct the user group permissions; their form is described in the README of queue-manager.',
  })
}
