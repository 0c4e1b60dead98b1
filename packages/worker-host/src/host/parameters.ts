import type { AllowedNames, FunctionToRun, PlanToRun } from '../protocol.ts'
import { rejected } from './rejected.ts'

/* Decoders of request parameters. Each throws WORKER_REJECTED naming the parameter. */

type Params = Readonly<Record<string, unknown>>

export function textParam(params: Params, name: string): string {
  const value = params[name]
  if (typeof value !== 'string') throw rejected(`Parameter '${name}' must be a string.`)
  return value
}

export function booleanParam(params: Params, name: string): boolean {
  const value = params[name] ?? false
  if (typeof value !== 'boolean') throw rejected(`Parameter '${name}' must be boolean.`)
  return value
}

export function choiceParam<const T extends string>(params: Params, name: string, choices: readonly T[]): T {
  const value = params[name]
  const choice = choices.find((candidate) => candidate === value)
  if (choice === undefined) throw rejected(`Parameter '${name}' must be one of ${choices.join(', ')}.`)
  return choice
}

export function textsParam(params: Params, name: string): readonly string[] {
  const value = params[name]
  if (!isTexts(value)) throw rejected(`Parameter '${name}' must be a list of strings.`)
  return value
}

export function tableParam(params: Params, name: string): Params {
  const value = params[name] ?? {}
  if (!isTable(value)) throw rejected(`Parameter '${name}' must be an object.`)
  return value
}

export function planParam(params: Params): PlanToRun {
  const plan = tableParam(params, 'plan')
  const meta = plan['meta']
  return {
    ...callOf(plan),
    item_uid: textParam(plan, 'item_uid'),
    ...(meta === undefined || meta === null ? {} : { meta: metaOf(meta) }),
  }
}

export function functionParam(params: Params): FunctionToRun {
  return callOf(tableParam(params, 'func_info'))
}

/** null: everything is allowed. */
export function allowedParam(params: Params): Readonly<Record<string, AllowedNames>> | null {
  const value = params['allowed']
  if (value === undefined || value === null) return null
  if (!isTable(value)) throw rejected("Parameter 'allowed' must be an object.")
  return Object.fromEntries(
    Object.entries(value).map(([group, names]) => {
      if (!isTable(names) || !isTexts(names['plans']) || !isTexts(names['devices'])) {
        throw rejected("Parameter 'allowed' must hold lists 'plans' and 'devices' for each user group.")
      }
      return [group, { plans: names['plans'], devices: names['devices'] }]
    }),
  )
}

/** The same of the permissions that a spec file brings. */
export function allowedOf(permissions: unknown): Readonly<Record<string, AllowedNames>> | null {
  return isTable(permissions) ? allowedParam(permissions) : null
}

export function rulesOf(permissions: unknown): unknown {
  return isTable(permissions) ? permissions['user_group_permissions'] : null
}

function callOf(call: Params): Omit<PlanToRun, 'item_uid'> {
  const args = call['args'] ?? []
  if (!Array.isArray(args)) throw rejected("Parameter 'args' must be a list.")
  const [user, group] = [call['user'], call['user_group']]
  return {
    name: textParam(call, 'name'),
    args,
    kwargs: tableParam(call, 'kwargs'),
    ...(typeof user === 'string' ? { user } : {}),
    ...(typeof group === 'string' ? { user_group: group } : {}),
  }
}

function metaOf(meta: unknown): NonNullable<PlanToRun['meta']> {
  if (isTable(meta)) return meta
  if (Array.isArray(meta) && meta.every(isTable)) return meta
  throw rejected("Plan parameter 'meta' must be a dictionary or a list of dictionaries")
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string')
}

function isTable(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
