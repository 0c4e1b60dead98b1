import type { PlanParameter } from '@beamtime/run-engine'

/** What happens to strings given for a parameter when the plan starts. */
export interface ConversionRule {
  /** `all`: any allowed name; a list: only these; null: none. */
  readonly devices: 'all' | readonly string[] | null
  readonly plans: 'all' | readonly string[] | null
  /** Dotted names are looked up in the namespace. */
  readonly expressions: boolean
}

const deviceTypes = [
  '__DEVICE__',
  '__READABLE__',
  '__MOVABLE__',
  '__FLYABLE__',
  '__PLAN_OR_DEVICE__',
] as const
const planTypes = ['__PLAN__', '__PLAN_OR_DEVICE__'] as const
const expressionTypes = ['__CALLABLE__'] as const

/** Flags as existing plans show them: what the author set, else what a special type in the annotation means. */
export function conversionFlags(parameter: PlanParameter): {
  readonly convert_device_names?: boolean
  readonly convert_plan_names?: boolean
  readonly eval_expressions?: boolean
} {
  const devices = parameter.convert_device_names ?? mentions(parameter, deviceTypes)
  const plans = parameter.convert_plan_names ?? mentions(parameter, planTypes)
  const expressions = parameter.eval_expressions ?? mentions(parameter, expressionTypes)
  return {
    ...(devices === null ? {} : { convert_device_names: devices }),
    ...(plans === null ? {} : { convert_plan_names: plans }),
    ...(expressions === null ? {} : { eval_expressions: expressions }),
  }
}

/** No annotation: every allowed name. Named lists: those names. Any other annotation: nothing. Flags override. */
export function conversionRule(parameter: PlanParameter): ConversionRule {
  const { annotation } = parameter
  const flags = conversionFlags(parameter)
  const byDefault = annotation === undefined ? 'all' : null
  return {
    devices: decide(flags.convert_device_names, listedNames(annotation?.devices) ?? byDefault),
    plans: decide(flags.convert_plan_names, listedNames(annotation?.plans) ?? byDefault),
    expressions: flags.eval_expressions ?? false,
  }
}

function decide(flag: boolean | undefined, otherwise: ConversionRule['devices']): ConversionRule['devices'] {
  if (flag === undefined) return otherwise
  return flag ? 'all' : null
}

// A name pattern (`:^det`) is expanded by the manager, which has checked the value against it before.
function listedNames(
  lists: Readonly<Record<string, readonly string[]>> | undefined,
): ConversionRule['devices'] {
  if (lists === undefined) return null
  const names = Object.values(lists).flat()
  return names.some((name) => name.includes(':')) ? 'all' : names
}

/** True when the annotation uses one of the special types, null when not. A list of the same name takes the meaning away. */
function mentions(parameter: PlanParameter, types: readonly string[]): true | null {
  const { annotation } = parameter
  if (annotation === undefined) return null
  const lists = { ...annotation.devices, ...annotation.plans, ...annotation.enums }
  const words: readonly string[] = annotation.type.match(/[A-Za-z_]\w*/g) ?? []
  return types.some((type) => words.includes(type) && !Object.hasOwn(lists, type)) ? true : null
}
