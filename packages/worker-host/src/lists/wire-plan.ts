import { PythonFloat, pyRepr } from '@beamtime/python-notation'
import type { PlanParameter, PlanSignature } from '@beamtime/run-engine'
import type { WirePlan, WirePlanParameter } from '../protocol.ts'
import { conversionFlags } from './conversion-flags.ts'

/** Values of `inspect.Parameter.kind`. */
const kindValues = {
  POSITIONAL_ONLY: 0,
  POSITIONAL_OR_KEYWORD: 1,
  VAR_POSITIONAL: 2,
  KEYWORD_ONLY: 3,
  VAR_KEYWORD: 4,
} as const satisfies Record<PlanParameter['kind'], number>

/** A plan as `plans_existing` shows it: types as Python expressions, defaults and ranges as Python literals in strings. */
export function wirePlan(options: {
  readonly name: string
  readonly module: string
  readonly signature: PlanSignature
}): WirePlan {
  const { name, module, signature } = options
  return {
    name,
    module,
    ...(signature.description === undefined ? {} : { description: signature.description }),
    properties: { is_generator: true },
    parameters: signature.parameters.map(wireParameter),
  }
}

function wireParameter(parameter: PlanParameter): WirePlanParameter {
  const { name, kind, description, annotation, unit } = parameter
  return {
    name,
    kind: { name: kind, value: kindValues[kind] },
    ...(description === undefined ? {} : { description }),
    ...(annotation === undefined ? {} : { annotation: wireAnnotation(annotation) }),
    ...('default' in parameter ? { default: literal(parameter.default, annotation?.type) } : {}),
    ...rangeOf(parameter),
    ...(unit === undefined ? {} : { unit }),
    ...conversionFlags(parameter),
  }
}

function wireAnnotation(
  annotation: NonNullable<PlanParameter['annotation']>,
): NonNullable<WirePlanParameter['annotation']> {
  const { type, devices, plans, enums } = annotation
  return {
    type,
    ...(devices === undefined ? {} : { devices: sortedLists(devices) }),
    ...(plans === undefined ? {} : { plans: sortedLists(plans) }),
    ...(enums === undefined ? {} : { enums }),
  }
}

function rangeOf(parameter: PlanParameter): {
  readonly min?: string
  readonly max?: string
  readonly step?: string
} {
  const { min, max, step } = parameter
  return {
    ...(min === undefined ? {} : { min: pyRepr(min) }),
    ...(max === undefined ? {} : { max: pyRepr(max) }),
    ...(step === undefined ? {} : { step: pyRepr(step) }),
  }
}

function literal(value: unknown, type: string | undefined): string {
  return pyRepr(typeof value === 'number' && type === 'float' ? new PythonFloat(value) : value)
}

/** Unique, by upper-case name, at equal names upper-case first. */
function sortedLists(lists: Readonly<Record<string, readonly string[]>>): Record<string, readonly string[]> {
  return Object.fromEntries(
    Object.entries(lists).map(([list, names]) => [list, [...new Set(names)].toSorted(byName)]),
  )
}

export function byName(a: string, b: string): number {
  const [upperA, upperB] = [a.toUpperCase(), b.toUpperCase()]
  if (upperA !== upperB) return upperA < upperB ? -1 : 1
  if (a === b) return 0
  return a < b ? -1 : 1
}
