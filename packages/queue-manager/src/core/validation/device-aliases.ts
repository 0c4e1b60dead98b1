import type { WireDevice, WirePlan } from '@beamtime/worker-host/client'
import { isPlainObject, type PlainObject } from '../plain-object.ts'
import type { DevicesByName, PlansByName } from './validate-plan.ts'
import { planModel, type ModelParameter } from './plan-model.ts'

/** Own name of a device -> the path below a variable under which plans know it. */
type Aliases = ReadonlyMap<string, string>

const aliasesOf = new WeakMap<DevicesByName, Aliases>()

/**
 * The item with own names of devices replaced by the names that the worker knows. Devices of a beamline are often
 * called otherwise by their software than by the variable that holds them; a name that two devices share, or that is a
 * variable too, is left alone. Only arguments that take devices are looked at.
 */
export function withVariableNames(
  item: PlainObject,
  plans: PlansByName,
  devices: DevicesByName,
): PlainObject {
  const { name, args, kwargs } = item
  const aliases = deviceAliases(devices)
  if (aliases.size === 0 || typeof name !== 'string' || !Object.hasOwn(plans, name)) return item
  const plan = plans[name]
  if (plan === undefined) return item
  const newArgs = Array.isArray(args) ? renamedArgs(plan, args, aliases) : args
  const newKwargs = isPlainObject(kwargs) ? renamedKwargs(plan, kwargs, aliases) : kwargs
  if (newArgs === args && newKwargs === kwargs) return item
  return {
    ...item,
    ...(newArgs === args ? {} : { args: newArgs }),
    ...(newKwargs === kwargs ? {} : { kwargs: newKwargs }),
  }
}

function deviceAliases(devices: DevicesByName): Aliases {
  const known = aliasesOf.get(devices)
  if (known !== undefined) return known
  const found = new Map<string, string | null>()
  const paths = new Set<string>()
  const visit = (path: string, device: WireDevice): void => {
    paths.add(path)
    if (device.name !== undefined && device.name !== path && device.excluded !== true) {
      found.set(device.name, found.has(device.name) ? null : path)
    }
    for (const [key, child] of Object.entries(device.components ?? {})) visit(`${path}.${key}`, child)
  }
  for (const [name, device] of Object.entries(devices)) visit(name, device)
  const aliases = new Map<string, string>()
  for (const [name, path] of found) if (path !== null && !paths.has(name)) aliases.set(name, path)
  aliasesOf.set(devices, aliases)
  return aliases
}

function renamedArgs(plan: WirePlan, args: readonly unknown[], aliases: Aliases): readonly unknown[] {
  const parameters = planModel(plan).parameters.filter(
    ({ kind }) => kind !== 'KEYWORD_ONLY' && kind !== 'VAR_KEYWORD',
  )
  const rest = parameters.find(({ kind }) => kind === 'VAR_POSITIONAL')
  return changed(args, (value, index) => {
    const parameter = parameters[index] ?? rest
    return takesDevices(parameter) ? renamed(value, aliases) : value
  })
}

function renamedKwargs(plan: WirePlan, kwargs: PlainObject, aliases: Aliases): PlainObject {
  const { parameters } = planModel(plan)
  const rest = parameters.find(({ kind }) => kind === 'VAR_KEYWORD')
  let same = true
  const entries = Object.entries(kwargs).map(([key, value]) => {
    const parameter = parameters.find(({ name }) => name === key) ?? rest
    const next = takesDevices(parameter) ? renamed(value, aliases) : value
    if (next !== value) same = false
    return [key, next] as const
  })
  return same ? kwargs : Object.fromEntries(entries)
}

function takesDevices(parameter: ModelParameter | undefined): boolean {
  return parameter?.takesDevices ?? false
}

/** Values only, never keys, as the worker converts names. */
function renamed(value: unknown, aliases: Aliases): unknown {
  if (typeof value === 'string') return aliases.get(value) ?? value
  if (Array.isArray(value)) return changed(value, (item) => renamed(item, aliases))
  if (!isPlainObject(value)) return value
  const entries = Object.entries(value)
  const next = entries.map(([key, item]) => [key, renamed(item, aliases)] as const)
  return next.every(([, item], index) => item === entries[index]?.[1]) ? value : Object.fromEntries(next)
}

/** The same array when nothing changes. */
function changed(
  values: readonly unknown[],
  change: (value: unknown, index: number) => unknown,
): readonly unknown[] {
  const next = values.map(change)
  return next.every((value, index) => value === values[index]) ? values : next
}
