import { pyPrettyRepr, pyRepr, pyTypeName } from '@beamtime/python-notation'
import { QueueManagerError } from '../error.ts'
import type { Manager } from './manager.ts'
import { isFunctionAllowed } from './permissions/allowed-lists.ts'
import { isPlainObject, type PlainObject } from './plain-object.ts'
import { withVariableNames } from './validation/device-aliases.ts'
import { validatePlan } from './validation/validate-plan.ts'

/** Why an item of the queue cannot run for its own user group; null when it can. */
export function validateQueueItem(m: Manager, item: PlainObject): string | null {
  return validateItem(m, item, String(item['user_group']))
}

/** Why a submitted plan or instruction cannot be accepted for the group; null when it can. */
export function validateItem(m: Manager, item: PlainObject, userGroup: string): string | null {
  if (item['item_type'] === 'instruction') {
    return item['name'] === 'queue_stop' ? null : `Unrecognized instruction: ${pyRepr(item)}`
  }
  const plans = own(m.allowed.plans, userGroup) ?? {}
  const devices = own(m.allowed.devices, userGroup) ?? {}
  const verdict = validatePlan(withVariableNames(item, plans, devices), plans, devices)
  return verdict.ok
    ? null
    : `Plan validation failed: ${verdict.reason}\nPlan: ${pyPrettyRepr(shortened(item))}`
}

/** The item as the worker knows its names. */
export function itemForWorker(m: Manager, item: PlainObject): PlainObject {
  const group = String(item['user_group'])
  return withVariableNames(item, own(m.allowed.plans, group) ?? {}, own(m.allowed.devices, group) ?? {})
}

/** Why a function call cannot be accepted; null when it can. */
export function validateFunction(m: Manager, item: PlainObject, userGroup: string): string | null {
  const { name, args = [], kwargs = {} } = item
  if (typeof name !== 'string') return `Function name is not specified: ${pyRepr(item)}`
  if (!Array.isArray(args)) return `Parameter 'args' is not a tuple or a list: ${pyTypeName(args)}`
  if (!isPlainObject(kwargs)) return `Parameter 'kwargs' is not a dictionary: ${pyTypeName(kwargs)}`
  const refusal = `Function '${name}' is not allowed for users from '${userGroup}' group.`
  try {
    return isFunctionAllowed(m.permissions, userGroup, name) ? null : refusal
  } catch (error) {
    if (error instanceof QueueManagerError) return `${refusal} ${error.reason}`
    throw error
  }
}

export function own<T>(table: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined
}

const maxListItems = 10
const maxDictItems = 30
const maxText = 1024

/** Large values are cut, so that a refusal is readable and a megabyte of arguments is not echoed. */
function shortened(value: unknown): unknown {
  if (typeof value === 'string') {
    return value.length <= maxText ? value : `${value.slice(0, maxText / 2)} ... ${value.slice(-maxText / 2)}`
  }
  if (Array.isArray(value)) {
    const head = value.slice(0, maxListItems).map(shortened)
    return value.length > maxListItems ? [...head, '...'] : head
  }
  if (!isPlainObject(value)) return value
  const entries = Object.entries(value)
  const head = entries.slice(0, maxDictItems).map(([key, item]) => [key, shortened(item)] as const)
  return Object.fromEntries(entries.length > maxDictItems ? [...head, ['...', '...'] as const] : head)
}
