import { findDevice, isDevice, isPlanFunction, type Device } from '@beamtime/run-engine'
import type { AllowedNames } from '../protocol.ts'

/** The names that one user group may use. */
export interface NameScope {
  plan(name: string): unknown
  /** A device by the dotted path of its variable, or by its own name where that is the name of one device only. */
  device(path: string): Device | null
  /** Anything in the namespace by dotted path, undefined when it is not there. */
  value(path: string): unknown
}

/** `allowed` null: every name. */
export function nameScope(
  values: Readonly<Record<string, unknown>>,
  allowed: AllowedNames | null,
): NameScope {
  const plans = allowed === null ? null : new Set(allowed.plans)
  const devices = allowed === null ? null : new Set(allowed.devices)

  return {
    plan(name) {
      if (plans !== null && !plans.has(name)) return null
      const value = Object.hasOwn(values, name) ? values[name] : null
      return isPlanFunction(value) ? value : null
    },
    device(path) {
      const found = findDevice(values, path)
      if (found !== null) return devices === null || devices.has(path) ? found : null
      const [variable, ...others] = variablesOf(values, path)
      if (variable === undefined || others.length > 0) return null
      return devices === null || devices.has(variable) ? findDevice(values, variable) : null
    },
    value: (path) => lookUp(values, path),
  }
}

/** Variables that hold different devices whose own name is `name`. */
function variablesOf(values: Readonly<Record<string, unknown>>, name: string): readonly string[] {
  const seen = new Set<unknown>()
  return Object.keys(values).filter((variable) => {
    const value = values[variable]
    if (!isDevice(value) || value.name !== name || seen.has(value)) return false
    seen.add(value)
    return true
  })
}

const dottedName = /^[A-Za-z_$][\w$]*(\.[A-Za-z_$][\w$]*)*$/

/** Ways from any value to code that nobody has put into the namespace. */
const unreachable = new Set(['__proto__', 'constructor', 'prototype'])

function lookUp(values: Readonly<Record<string, unknown>>, path: string): unknown {
  if (!dottedName.test(path)) return undefined
  let value: unknown = values
  for (const part of path.split('.')) {
    if (typeof value !== 'object' || value === null || unreachable.has(part) || !(part in value))
      return undefined
    value = Reflect.get(value, part)
  }
  return value
}
