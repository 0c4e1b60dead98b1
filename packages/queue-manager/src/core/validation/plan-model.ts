import {
  parsePyLiteral,
  parseTypeExpression,
  PythonNotationError,
  type BindParameter,
  type ParameterKind,
  type TypeExpression,
} from '@beamtime/python-notation'
import type { WirePlan, WirePlanParameter } from '@beamtime/worker-host/client'
import type { NameLists } from './check-type.ts'

export interface ModelParameter extends BindParameter {
  /** null: everything is accepted. */
  readonly type: TypeExpression | null
  readonly names: NameLists
  readonly min: number | null
  readonly max: number | null
  /** Strings in its value may name devices. */
  readonly takesDevices: boolean
}

/** A plan's description with types and limits parsed, ready for checking items. */
export interface PlanModel {
  readonly parameters: readonly ModelParameter[]
}

const models = new WeakMap<WirePlan, PlanModel>()

/** Parses once a description; the descriptions of allowed plans live as long as the permissions. */
export function planModel(plan: WirePlan): PlanModel {
  const known = models.get(plan)
  if (known !== undefined) return known
  const model: PlanModel = { parameters: plan.parameters.map(modelParameter) }
  models.set(plan, model)
  return model
}

function modelParameter(parameter: WirePlanParameter): ModelParameter {
  const { annotation } = parameter
  const names = new Map<string, ReadonlySet<string>>()
  for (const lists of [annotation?.devices, annotation?.plans, annotation?.enums]) {
    for (const [name, items] of Object.entries(lists ?? {})) names.set(name, new Set(items))
  }
  return {
    name: parameter.name,
    kind: kindOf(parameter.kind.name),
    hasDefault: parameter.default !== undefined,
    type: annotation === undefined ? null : typeOf(annotation.type),
    names,
    min: limitOf(parameter.min),
    max: limitOf(parameter.max),
    takesDevices:
      parameter.convert_device_names ?? (annotation === undefined || annotation.devices !== undefined),
  }
}

const kinds: readonly ParameterKind[] = [
  'POSITIONAL_ONLY',
  'POSITIONAL_OR_KEYWORD',
  'VAR_POSITIONAL',
  'KEYWORD_ONLY',
  'VAR_KEYWORD',
]

function kindOf(name: string): ParameterKind {
  return kinds.find((kind) => kind === name) ?? 'POSITIONAL_OR_KEYWORD'
}

/** A type that cannot be parsed constrains nothing; the worker checks annotations when it makes the lists. */
function typeOf(text: string): TypeExpression | null {
  try {
    return parseTypeExpression(text)
  } catch (error) {
    if (error instanceof PythonNotationError) return null
    throw error
  }
}

function limitOf(text: string | number | undefined): number | null {
  if (text === undefined) return null
  if (typeof text === 'number') return text
  try {
    const value = parsePyLiteral(text)
    return typeof value === 'number' ? value : null
  } catch (error) {
    if (error instanceof PythonNotationError) return null
    throw error
  }
}
