import type { ConversionRule } from '../lists/conversion-flags.ts'
import type { NameScope } from './name-scope.ts'

/** Replaces names of plans and devices by the objects, through lists and the values of objects, never their keys.
 * What cannot be resolved stays a string. */
export function convertNames(value: unknown, rule: ConversionRule, scope: NameScope): unknown {
  if (typeof value === 'string') return convertText(value, rule, scope)
  if (Array.isArray(value)) return value.map((item) => convertNames(item, rule, scope))
  if (typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype) {
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, convertNames(item, rule, scope)]),
    )
  }
  return value
}

function convertText(text: string, rule: ConversionRule, scope: NameScope): unknown {
  if (admits(rule.plans, text)) {
    const plan = scope.plan(text)
    if (plan !== null) return plan
  }
  if (admits(rule.devices, text)) {
    const device = scope.device(text)
    if (device !== null) return device
  }
  if (rule.expressions) {
    const value = scope.value(text)
    if (value !== undefined) return value
  }
  return text
}

function admits(names: ConversionRule['devices'], text: string): boolean {
  return names === 'all' || (names !== null && names.includes(text))
}
